"""Articles of law in this home: those of this version, with the changes in `<home>/powers.toml`.

    [article.nl-alcohol]            # marks an article of this version as checked
    checked_by = "Legal department"
    checked_on = 2026-12-01

An entry may correct any key of an article, or add an article with all of its keys; `[uses]` replaces the list
of a family or an indicator. The next run publishes them in v_power.
"""

from flows.home.settings import Home
from flows.home.toml_files import read_toml
from transforms.model.powers import POWERS_FILE, Powers


def powers(home: Home) -> Powers:
    """Raises UsageError, which names the wrong article and key, or RunFailed."""
    return read_toml(home.root / POWERS_FILE, Powers)
