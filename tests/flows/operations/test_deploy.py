"""`undertow deploy`: what the files promise, that the wheel has them, and that secrets stay."""

import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest
import yaml

from flows.cli.app import exit_code
from flows.operations import deploy
from flows.operations.deployments import shipped

ROOT = Path(__file__).parents[3]
OURS = ("server", "worker", "review")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("deploy")
    home, backup = "/srv/undertow", "/mnt/backup"
    for kind in ("systemd", "compose"):
        where = ["--to", str(folder / kind), "--home", home, "--backup", backup]
        assert exit_code(["deploy", kind, *where]) == 0
    return folder


def test_every_place_of_a_template_is_filled_in(written: Path) -> None:
    for file in (*written.glob("compose/[Dc]*"), *written.glob("systemd/*")):
        assert re.findall(r"\$[a-z]\w*", file.read_text(encoding="utf-8")) == [], file.name


def test_containers_have_no_rights_and_listen_on_this_machine_alone(written: Path) -> None:
    services = yaml.safe_load((written / "compose" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"postgres", *OURS}
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == "unless-stopped", name
        assert "healthcheck" in service, name
        assert not service["user"].startswith("0"), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        # Passwords come from files: in an environment everybody who may look at a container sees them.
        assert not [key for key in service["environment"] if re.search("PASSWORD$|SECRET|AUTH|URL", key)], (
            name
        )
    home = next(volume for volume in services["worker"]["volumes"] if volume["target"] == "/var/lib/undertow")
    assert home["source"] == "/srv/undertow"


def test_the_image_has_no_compiler_and_runs_as_a_number(written: Path) -> None:
    stages = re.split("^FROM ", (written / "compose" / "Dockerfile").read_text(), flags=re.MULTILINE)[1:]
    build, final = stages
    assert "uv sync --locked" in build and "uv" not in final.replace("undertow", "")
    assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
    assert re.findall("apt-get|gcc|build-essential", build + final) == []


def test_every_secret_is_new_and_stays(written: Path, tmp_path: Path) -> None:
    first, second = written / "compose" / "secrets", tmp_path / "secrets"
    deploy.write_compose(tmp_path, Path("/srv/undertow"), Path("/mnt/backup"))
    assert first.stat().st_mode & 0o777 == 0o700
    names = {file.name for file in first.iterdir()}
    assert names == {"postgres-password", "prefect-auth", "prefect-database"}
    kept = {name: (second / name).read_text() for name in names}
    assert all((first / name).read_text() != text for name, text in kept.items())
    assert kept["postgres-password"] in kept["prefect-database"]
    deploy.write_compose(tmp_path, Path("/srv/undertow"), Path("/mnt/backup"))
    assert {name: (second / name).read_text() for name in names} == kept
    (second / "prefect-database").unlink()  # as after a kill between the two
    deploy.write_compose(tmp_path, Path("/srv/undertow"), Path("/mnt/backup"))
    assert {name: (second / name).read_text() for name in names} == kept
    assert (tmp_path / ".dockerignore").read_text() == "secrets\n"


def test_the_service_user_may_read_what_root_installed_under_any_umask(tmp_path: Path) -> None:
    commands = deploy.write_systemd(tmp_path, Path("/srv/undertow"), Path("/mnt/backup"), "undertow")
    assert f"chmod -R a+rX {Path(sys.executable).parents[1]} " in commands


def test_a_unit_that_was_written_elsewhere_is_copied_first(tmp_path: Path) -> None:
    lines = deploy.write_systemd(tmp_path, Path("/srv/undertow"), Path("/mnt/backup"), "undertow").split("\n")
    copied = f"    cp {tmp_path}/undertow.service {tmp_path}/undertow-review.service /etc/systemd/system/"
    assert lines.index(copied) < lines.index("    systemctl daemon-reload")


def test_indicators_are_read_beside_a_folder_that_root_closed() -> None:
    with tempfile.TemporaryDirectory() as outside:  # pytest's own folder is closed to others
        package = Path(outside) / "transforms"
        shutil.copytree(ROOT / "transforms", package, ignore=shutil.ignore_patterns("__pycache__"))
        Path(outside).chmod(0o755)
        (package / "indicators" / "__pycache__").mkdir(mode=0o000)
        done = subprocess.run(
            [sys.executable, "-Bc", "from transforms.model.indicator import indicators; indicators()"],
            user=65534 if os.geteuid() == 0 else None,
            cwd=outside,
            capture_output=True,
            text=True,
            check=False,
        )
        (package / "indicators" / "__pycache__").rmdir()
    assert done.returncode == 0, done.stderr


def test_the_unit_may_write_to_its_home_and_backups_only(written: Path) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=")
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # names have capitals
    unit.read(written / "systemd" / "undertow.service", encoding="utf-8")
    service = unit["Service"]
    assert service["ProtectSystem"] == "strict"
    assert service["ReadWritePaths"] == "/srv/undertow /mnt/backup"
    assert service["User"] == "undertow"
    assert service["NoNewPrivileges"] == service["PrivateTmp"] == "yes"
    assert service["ExecStart"].endswith("/undertow serve --no-review --home /srv/undertow")
    assert unit["Install"]["WantedBy"] == "multi-user.target"
    unit.clear()
    unit.read(written / "systemd" / "undertow-review.service", encoding="utf-8")
    review = unit["Service"]
    assert review["ReadWritePaths"] == "/srv/undertow" and review["RestrictAddressFamilies"] == "AF_UNIX"
    text = (written / "systemd" / "undertow-review.service").read_text(encoding="utf-8")
    assert "# RestrictAddressFamilies=AF_INET AF_INET6\n" in text  # a provider of sign-in is on the network
    assert "/undertow review --home /srv/undertow --tls --socket /run/" in review["ExecStart"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--home", "/srv/two words"], "/srv/two words"),
        (["--home", "relative"], "relative"),
        (["--home", "/srv/$(id)"], "/srv/$(id)"),
        (["--home", "/srv/a%n"], "/srv/a%n"),
        (["--home", "/srv/undertow", "--backup", "/srv/undertow/kept"], "--backup"),
        (["--account", "root;id"], "--account"),
    ],
)
def test_what_a_unit_or_a_shell_would_misread_is_refused(
    arguments: list[str], named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["deploy", "systemd", "--to", str(tmp_path / "units"), *arguments]) == 2
    assert named in capsys.readouterr().err
    assert not (tmp_path / "units").exists()


def test_the_wheel_has_what_is_needed() -> None:
    """The templates are files of a package, which are all in the wheel; the lock is put beside them."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    assert "flows" in build["targets"]["wheel"]["packages"]
    assert {"prefect.yaml", "pyproject.toml", "uv.lock"} <= set(build["targets"]["wheel"]["shared-data"])
    for name in ("Dockerfile", "compose.yaml", deploy.UNIT):
        assert Path(deploy.__file__).with_name(name).is_file()
    assert shipped("uv.lock").is_file()
