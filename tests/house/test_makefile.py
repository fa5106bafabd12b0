"""`make run` and `make test` set everything up, also where a first try was left in the middle."""

import os
import shutil
import subprocess

import pytest

from tests.house.sources import ROOT

TOOL = '#!/bin/sh\necho "${PIP_USER-} ${PIP_TARGET-} ${PIP_PREFIX-} ${PYTHONPATH-}" >> seen\n'
MAKER = """#!/bin/sh
echo "$@" >> asked
case "$*" in
  "-m venv --clear .venv") rm -rf .venv; mkdir -p .venv/bin; cp tool .venv/bin/python; cp tool .venv/bin/uv ;;
  "-m venv"*) exit 1 ;;
esac
"""
"""A Python that makes a venv only where nothing is left of an earlier one."""


def program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def set_up(folder, **more):
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")} | more
    command = ["make", "setup", "PYTHON=./maker"]
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    asked = folder / "asked"
    venvs = [line for line in asked.read_text(encoding="utf-8").splitlines() if line.startswith("-m venv")]
    asked.write_text("", encoding="utf-8")
    return venvs


@pytest.fixture
def checkout(tmp_path):
    """What `make setup` needs to believe that it is in one."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    program(tmp_path / "tool", TOOL)
    program(tmp_path / "maker", MAKER)
    return tmp_path


def test_an_environment_that_was_left_without_pip_is_made_anew(checkout):
    """Debian's `python3 -m venv` leaves one behind when it says that python3-venv is missing."""
    program(checkout / ".venv/bin/python", "#!/bin/sh\necho No module named pip >&2\nexit 1\n")
    assert set_up(checkout) == ["-m venv --clear .venv"]
    (checkout / ".venv/.stamp").unlink()
    assert set_up(checkout) == []


def test_where_pip_usually_puts_things_does_not_matter(checkout):
    set_up(checkout, PIP_USER="1", PIP_TARGET="/elsewhere", PIP_PREFIX="/elsewhere", PYTHONPATH="/elsewhere")
    assert set((checkout / "seen").read_text(encoding="utf-8").splitlines()) == {"0   "}


def test_tests_run_side_by_side_on_the_cores_that_this_process_may_use(pytestconfig, monkeypatch):
    """The plugin's own count is that of the host: a container with one core of 64 got 64 processes."""
    monkeypatch.delenv("PYTEST_XDIST_AUTO_NUM_WORKERS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {5})
    assert pytestconfig.hook.pytest_xdist_auto_num_workers(config=pytestconfig) == 1
    monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", "3")
    assert pytestconfig.hook.pytest_xdist_auto_num_workers(config=pytestconfig) == 3


def test_the_help_lists_every_target_that_is_asked_for_by_name():
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "help"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=True
    )
    listed = {line.split()[0] for line in done.stdout.splitlines()}
    phony = (ROOT / "Makefile").read_text(encoding="utf-8").partition(".PHONY:")[2].partition("\n\n")[0]
    targets = {name for name in phony.replace("\\", " ").split() if not name.startswith("check-")}
    steps_of_others = {"chromium", "npm", "native", "promtool", "witness"}
    assert listed == targets - steps_of_others
