"""ADR-030 against scipy: the probability of so many incorporations, on random pasts."""

from datetime import timedelta
from pathlib import Path

import numpy as np

from tests.indicator_cases import AS_OF, load
from transforms.flags.states import find_states
from transforms.model.indicator import indicators

WEEKS = 104
SEED = 20_260_601


def _tail(past: np.ndarray, founded_n: int) -> float:
    from scipy import stats  # half a second, in the one worker that needs it

    mean, variance = past.mean(), past.var(ddof=1)
    if mean == 0:
        return 0.0
    if variance <= mean + 1e-12:
        return float(stats.poisson.sf(founded_n - 1, mean))
    size, q = mean**2 / (variance - mean), mean / variance
    return float(stats.nbinom.sf(founded_n - 1, size, q))


def test_the_tail_is_that_of_scipy(tmp_path: Path) -> None:
    """Each unit has a first company before the 104 weeks, a past of its own, and one busy week at the end."""
    rng = np.random.default_rng(SEED)
    start = AS_OF - timedelta(days=13)
    companies, expected, units_n = list[str](), dict[str, str](), 120
    for unit in range(units_n):
        rate = (
            rng.gamma(0.7, 1.5) * rng.integers(0, 2, WEEKS) if unit % 2 else np.full(WEEKS, rng.gamma(1, 0.4))
        )
        past = rng.poisson(rate)
        founded_n = int(max(5, past.max(), rng.integers(5, 14)))
        days = [start - timedelta(days=800), *[start] * founded_n]
        days += [start - timedelta(days=7 * (week + 1)) for week, n in enumerate(past) for _ in range(n)]
        companies += [f"U{unit}-{n},company,active,{day},U{unit}" for n, day in enumerate(days)]
        p = _tail(past, founded_n)
        assert abs(p - 1e-4) > 1e-9, f"seed {SEED}: unit {unit} is on the boundary"
        expected[f"U{unit}"] = "flagged" if p < 1e-4 else "not_flagged"
    case = tmp_path / "hit_random.txt"
    case.write_text(
        "# company\ncompany_id,legal_form_class,status,incorporated_on,address_id\n"
        + "\n".join(companies)
        + "\n\n# address\naddress_id,unit_id,address_class\n"
        + "\n".join(f"U{unit},U{unit},ordinary" for unit in range(units_n))
        + "\n",
        encoding="utf-8",
    )
    with load(case) as connection:
        states = find_states(connection, indicators()["ADR-030"], AS_OF)
    assert dict(states.select("subject_id", "state").iter_rows()) == expected, f"seed {SEED}"
    assert set(expected.values()) == {"flagged", "not_flagged"}
