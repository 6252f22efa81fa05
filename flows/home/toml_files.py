"""The TOML files that an authority writes, checked against a model.

Errors name the file and the key, and never the value, which may be a secret or a name.
"""

import tomllib
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from transforms.errors import RunFailed, UsageError


def read_toml[Model](path: Path, model: type[Model], **more: object) -> Model:
    """What the file declares, with `more` added; a missing file declares nothing.

    Raises UsageError, which names the wrong key, or RunFailed.
    """
    try:
        # Windows' Notepad may put a byte order mark at the beginning.
        declared = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
        return TypeAdapter(model).validate_python({**declared, **more})
    except OSError as error:
        raise RunFailed(f"{path}: {error.strerror}; let this user read it") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not TOML ({error}); correct it") from None
    except ValidationError as error:
        raise UsageError(f"{path}: {fault(error)}; correct it") from None


def fault(error: ValidationError) -> str:
    """The first wrong field and what is wrong with it, without its value."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
