"""An authority's own indicators: folders in `<home>/indicators/`, read every night, and packs of them.

They need no code, and towns exchange them as a pack (a ZIP of their folders). A practice sheet in a folder
shows that the indicator came from another authority (`pack` puts it there): it is left out until
`undertow.toml` states the legal basis for using it.
"""

import hashlib
import shutil
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from flows.home.authority import authority
from flows.home.processes import command_folder
from flows.home.settings import Home
from transforms.errors import DeclarationError, UsageError
from transforms.flags.local import check_local
from transforms.model.indicator import Indicator, indicators, read_indicator

PRACTICE_FILE = "practice.md"
PACK_BYTES_MAX = 10_000_000  # (own) unpacked; indicators are texts


def folder(home: Home) -> Path:
    return home.indicators


def known_indicators(home: Home) -> Mapping[str, Indicator]:
    """The indicators of this version, then the home's own valid ones."""
    return {**indicators(), **read_local(home)[0]}


def read_local(home: Home) -> tuple[dict[str, Indicator], list[str]]:
    """The home's own indicators by code, and why others are left out."""
    own: dict[str, Indicator] = {}
    faults: list[str] = []
    for declaration in sorted(folder(home).glob("*/indicator.toml")):
        try:
            indicator = read_local_folder(declaration.parent, authority(home).name)
            if indicator.code in own:
                raise DeclarationError(
                    f"{declaration.parent.name}: another folder has the code {indicator.code} too"
                )
            _require_legal_basis(home, declaration.parent, indicator.code)
            own[indicator.code] = indicator
        except DeclarationError as error:
            faults.append(str(error))
    return own, faults


def _require_legal_basis(home: Home, place: Path, code: str) -> None:
    if (place / PRACTICE_FILE).exists() and code not in {
        stated.indicator for stated in authority(home).legal_basis
    }:
        raise DeclarationError(
            f"{code}: it came from another authority, whose legal basis is not yours (see {PRACTICE_FILE} in "
            "its folder); it is off until undertow.toml has a [[legal_basis]] with its code and your text"
        )


def read_local_folder(place: Path, authority_name: str) -> Indicator:
    """One own indicator, with the authority's name in its title. Raises DeclarationError."""
    indicator = read_indicator(place)
    check_local(indicator)
    dutch = indicator.dutch and indicator.dutch.model_copy(
        update={"title": f"{indicator.dutch.title} (eigen, {authority_name})"}
    )
    return indicator.model_copy(
        update={"title": f"{indicator.title} (local, {authority_name})", "dutch": dutch}
    )


def content_sha256(home: Home) -> str:
    """Over every file of the home's own indicators, for the key by which a run resumes."""
    digest = hashlib.sha256()
    for file in sorted(path for path in folder(home).rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(folder(home))}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


# --- packs ------------------------------------------------------------------------------------------------


def own_codes(home: Home, codes: Iterable[str]) -> list[str]:
    """The codes in capitals. Raises UsageError if one is not the code of one of the home's own indicators."""
    own, _faults = read_local(home)
    chosen = [code.upper() for code in codes]
    if unknown := [code for code in chosen if code not in own]:
        held = ", ".join(own) or "none"
        raise UsageError(f"{unknown[0]}: this home has no such indicator of its own; it has {held}")
    return chosen


def pack(home: Home, codes: Iterable[str], to: Path, sheets: Mapping[str, str] | None = None) -> list[str]:
    """Write the folders of own indicators to a ZIP; returns their codes. Raises UsageError.

    `sheets`: code → practice sheet in Markdown, which replaces one that came from elsewhere.
    """
    chosen = own_codes(home, codes)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for code in chosen:
            [place] = folder(home).glob(f"{code.lower().replace('-', '_')}_*")
            sheet = (sheets or {}).get(code)
            for file in sorted(path for path in place.rglob("*") if path.is_file()):
                if sheet is None or file.name != PRACTICE_FILE:
                    archive.write(file, f"{place.name}/{file.relative_to(place)}")
            if sheet is not None:
                archive.writestr(f"{place.name}/{PRACTICE_FILE}", sheet)
    return chosen


def unpack(home: Home, pack_file: Path) -> list[str]:
    """Check every indicator of a pack, then add them to the home; returns their codes. Raises UsageError."""
    home.prepare()
    with command_folder(home) as name:
        place = Path(name)
        _extract(pack_file, place)
        unpacked = [(path, _checked(path, home)) for path in sorted(place.iterdir())]
        if not unpacked:
            raise UsageError(f"{pack_file.name}: it holds no indicator")
        folder(home).mkdir(exist_ok=True)
        for path, _ in unpacked:
            shutil.copytree(path, folder(home) / path.name)
    return [code for _, code in unpacked]


def _extract(pack_file: Path, place: Path) -> None:
    try:
        with zipfile.ZipFile(pack_file) as archive:
            if sum(item.file_size for item in archive.infolist()) > PACK_BYTES_MAX:
                raise UsageError(f"{pack_file.name}: it is larger than a pack of indicators can be")
            archive.extractall(place)  # leaves out `..` and absolute paths
    except (OSError, zipfile.BadZipFile) as error:
        raise UsageError(f"{pack_file.name}: not a readable pack ({type(error).__name__})") from None


def _checked(place: Path, home: Home) -> str:
    if (folder(home) / place.name).exists():
        raise UsageError(f"{place.name}: this home has it already; remove or rename its folder first")
    try:
        return read_local_folder(place, authority(home).name).code
    except DeclarationError as error:
        raise UsageError(f"nothing was unpacked: {error}") from None
