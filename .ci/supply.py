"""The supply chain: `lock` (every package pinned with hashes), `sbom` (dist/undertow.cdx.json), `audit`
(known weaknesses), `builds` (two, equal bytes).

`audit` asks a public service. Where that cannot be reached it says so, and what it could not ask about, and
does not fail; a finding fails."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SBOM = ROOT / "dist" / "undertow.cdx.json"
# Of one moment and one run: without them the same lock gives the same bytes.
NOT_REPRODUCIBLE = (("serialNumber",), ("metadata", "timestamp"))
BUILD_SECONDS_MAX = 300
ADDRESS = re.compile(r"https://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")


class Finding(Exception):
    """Something that must not be published; the text says what to do."""


def uv() -> str:
    """The uv that runs this, else the one on the path."""
    found = os.environ.get("UV") or shutil.which("uv")
    if found is None:
        raise Finding("uv is not on the path; run this by `uv run`")
    return found


# --- lock -------------------------------------------------------------------------------------------------


def without_hashes(lock: Mapping[str, object]) -> list[str]:
    """Packages of uv.lock with a file that has no SHA-256, or with no file at all; the project itself has
    none.
    """
    packages = lock["package"]
    assert isinstance(packages, list)
    return [
        str(package["name"])
        for package in packages
        if "editable" not in package["source"] and not _is_hashed(package)
    ]


def _is_hashed(package: Mapping[str, object]) -> bool:
    wheels, sdist = package.get("wheels", []), package.get("sdist")
    assert isinstance(wheels, list)
    files = [*wheels, *([sdist] if sdist else [])]
    return bool(files) and all(str(file.get("hash", "")).startswith("sha256:") for file in files)


def lock() -> str:
    held = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    if lacking := without_hashes(held):
        raise Finding(
            f"uv.lock: {', '.join(lacking)} without a hash; run `uv lock` against a registry that gives them"
        )
    return f"{len(held['package']) - 1} packages locked, every file with its SHA-256"


# --- bill of materials ------------------------------------------------------------------------------------


def bill() -> bytes:
    """CycloneDX 1.5 of what an installation gets, from the lock. Equal locks give equal bytes."""
    command = [
        uv(),
        "export",
        "--quiet",
        "--locked",
        "--no-dev",
        "--format",
        "cyclonedx1.5",
        "--preview-features",
        "sbom-export",
    ]
    found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    for *above, name in NOT_REPRODUCIBLE:
        within = found
        for key in above:
            within = within[key]
        within.pop(name, None)
    return (json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def schema_error(document: bytes) -> str | None:
    """What the strict schema of CycloneDX 1.5 says against it; None where it is valid. The schema comes
    with the library, from no network.
    """
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator
    from jsonschema import Draft7Validator

    # jsonschema's own check parses each of a thousand addresses by a general grammar, which takes minutes.
    Draft7Validator.FORMAT_CHECKER.checkers["iri-reference"] = (
        lambda text: ADDRESS.fullmatch(str(text)) is not None,
        (),
    )
    found = JsonStrictValidator(SchemaVersion.V1_5).validate_str(document.decode())
    return None if found is None else str(found)[:500]


def sbom() -> str:
    document = bill()
    if error := schema_error(document):
        raise Finding(f"the bill of materials is no valid CycloneDX 1.5: {error}")
    if document != bill():
        raise Finding("two bills of materials of one lock differ; see NOT_REPRODUCIBLE in .ci/supply.py")
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_bytes(document)
    return (
        f"{SBOM.relative_to(ROOT)}: {len(json.loads(document)['components'])} components, valid, "
        f"SHA-256 {hashlib.sha256(document).hexdigest()[:16]}…"
    )


# --- known weaknesses -------------------------------------------------------------------------------------


def judged(report: Mapping[str, object]) -> str:
    """What pip-audit's report comes to. Raises Finding for a known weakness. A service that does not
    answer makes it skip packages.
    """
    packages = report["dependencies"]
    assert isinstance(packages, list)
    weak = [
        f"{package['name']} {package['version']}: {', '.join(one['id'] for one in package['vulns'])}"
        for package in packages
        if package.get("vulns")
    ]
    if weak:
        raise Finding(
            f"known weaknesses: {'; '.join(weak)}. Raise the version with `uv lock --upgrade-package "
            f"NAME`, or say in docs/decisions why not"
        )
    skipped = [package for package in packages if "skip_reason" in package]
    if not packages or len(skipped) == len(packages):
        reason = skipped[0]["skip_reason"] if skipped else "it gave no package"
        return (
            f"NOT ASKED: the service of known weaknesses could not be asked about any of "
            f"{len(packages)} packages (the first: {reason})"
        )
    left = (
        f"; NOT ASKED about {len(skipped)}: {', '.join(str(package['name']) for package in skipped)}"
        if skipped
        else ""
    )
    return f"no known weakness in {len(packages) - len(skipped)} packages{left}"


def audit() -> str:
    with tempfile.TemporaryDirectory() as folder:
        locked, answer = Path(folder) / "requirements.txt", Path(folder) / "answer.json"
        command = [
            uv(),
            "export",
            "--quiet",
            "--locked",
            "--no-dev",
            "--no-emit-project",
            "--output-file",
            str(locked),
        ]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            "--disable-pip",
            "--require-hashes",
            "--requirement",
            str(locked),
            "--format",
            "json",
            "--output",
            str(answer),
        ]
        said = subprocess.run(
            [*command, "--progress-spinner", "off"], capture_output=True, text=True, check=False
        )
        if not answer.exists():
            return (
                f"NOT ASKED: the service of known weaknesses could not be asked "
                f"({said.stderr.strip().splitlines()[-1:] or 'no reason given'})"
            )
        return judged(json.loads(answer.read_text(encoding="utf-8")))


# --- builds -----------------------------------------------------------------------------------------------


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def built(folder: Path, umask: int) -> dict[str, str]:
    """File name → SHA-256 of wheel and source archive, built from a copy in `folder` made under `umask`."""
    source = folder / "source"
    before = os.umask(umask)
    try:
        for name in tracked():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
        command = [
            uv(),
            "build",
            "--quiet",
            "--wheel",
            "--sdist",
            "--out-dir",
            str(folder / "out"),
            str(source),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=BUILD_SECONDS_MAX)
    finally:
        os.umask(before)
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "out").iterdir())
        if path.suffix in (".whl", ".gz")
    }


def twins(folder: Path) -> dict[str, str]:
    """The files of two builds, from two folders under two umasks. Raises Finding where they differ."""
    one, other = built(folder / "one", 0o022), built(folder / "a-longer-name" / "other", 0o077)
    if one != other or len(one) != 2:
        raise Finding(f"two builds differ: {one} and {other}")
    return one


def builds() -> str:
    with tempfile.TemporaryDirectory() as folder:
        return "; ".join(f"{name} {digest[:16]}… twice" for name, digest in twins(Path(folder)).items())


STEPS: Mapping[str, Callable[[], str]] = {"lock": lock, "sbom": sbom, "audit": audit, "builds": builds}


def main(arguments: Sequence[str]) -> int:
    for name in arguments or STEPS:
        try:
            print(f"{name}: {STEPS[name]()}", flush=True)
        except Finding as found:
            print(f"{name}: {found}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
