"""`make setup` makes .venv where it has to, and only there; with a Python that only writes down what it is asked."""

import os
import shutil
import subprocess

import pytest

from tests.built_book import ROOT

# Makes a .venv whose pip says where it was made, as the programs in a real one do.
PYTHON = """#!/bin/sh
case "$*" in
  --version) echo "Python 3.11.9" ;;
  "-m venv --clear "*)
    cp "$0" kept && rm -rf .venv && mkdir -p .venv/bin && mv kept .venv/bin/python
    printf '#!/bin/sh\\necho "pip 1 from %s/.venv/lib (python 3.11)"\\n' "$(pwd -P)" > .venv/bin/pip
    chmod +x .venv/bin/pip ;;
  *version_info*) echo 3.11 ;;
  *"-m pip install"*) echo "installing" ;;
esac
"""


@pytest.fixture
def folder(tmp_path):
    """Gives a folder with what `make .venv/ready` needs."""
    folder = tmp_path / "the course, here"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.txt"):
        shutil.copyfile(ROOT / name, folder / name)
    python = tmp_path / "bin/python3"
    python.parent.mkdir()
    python.write_text(PYTHON)
    python.chmod(0o755)
    return folder


def make(folder, *arguments):
    path = f"{folder.parent / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    command = ["make", ".venv/ready", *arguments]
    done = subprocess.run(
        command, cwd=folder, env={"PATH": path, "CI": "true"}, capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


def test_what_is_ready_is_left_alone(folder):
    assert "Making .venv with Python 3.11.9" in make(folder)
    assert "up to date" in make(folder)
    assert "up to date" in make(folder, "PYTHON=python3")


def test_a_newer_pin_is_installed_into_the_same_environment(folder):
    make(folder)
    os.utime(folder / ".venv/ready", (0, 0))
    said = make(folder)
    assert "installing" in said
    assert "Making" not in said


@pytest.mark.parametrize("how", [shutil.move, shutil.copytree])
def test_a_moved_or_copied_folder_gets_an_environment_of_its_own(folder, how):
    make(folder)
    elsewhere = folder.with_name("else where")
    how(folder, elsewhere)
    said = make(elsewhere)
    assert "moved or copied" in said
    assert "Making .venv" in said
    assert str(elsewhere) in (elsewhere / ".venv/bin/pip").read_text()
    assert "up to date" in make(elsewhere)


def test_a_link_to_the_environment_of_another_folder_is_replaced_and_the_other_one_left_alone(folder):
    make(folder)
    elsewhere = shutil.copytree(folder, folder.with_name("elsewhere"), ignore=shutil.ignore_patterns(".venv"))
    (elsewhere / ".venv").symlink_to(folder / ".venv")
    assert "Making .venv" in make(elsewhere)
    assert not (elsewhere / ".venv").is_symlink()
    assert "up to date" in make(elsewhere)
    assert str(folder) in (folder / ".venv/bin/pip").read_text()
    assert "up to date" in make(folder)


def test_a_stamp_from_before_it_knew_its_folder_costs_no_environment(folder):
    make(folder)
    (folder / ".venv/ready").write_text("3.11\n")
    assert "Making" not in make(folder)
    assert "up to date" in make(folder)
