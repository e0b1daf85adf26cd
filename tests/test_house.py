"""The house keeps its promises: pins, style, licence, and every command that a page of ours names."""

import hashlib
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
GUIDES = ["README.md", "CONTRIBUTING.md", "lessons/assets/README.md"]


def name_of(package):
    return re.sub(r"[-_.]+", "-", package).lower()


def repository_files():
    """Gives the paths that git tracks, or would track, and that exist."""
    # The owner of the files may be another user than the one who runs the tests, as in a container.
    git = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


# --- requirements.txt and pyproject.toml ------------------------------------------------------------------------------


def pins():
    """Gives {name: (Requirement, asked for by pyproject.toml?)} of requirements.txt."""
    blocks = re.split(r"\n(?=[^\s#])", (ROOT / "requirements.txt").read_text(encoding="utf-8"))
    pinned = [block for block in blocks if not block.startswith(("#", "-e "))]
    read = [(Requirement(block.splitlines()[0]), f"{PROJECT['name']} (pyproject.toml)" in block) for block in pinned]
    return {name_of(requirement.name): (requirement, direct) for requirement, direct in read}


def test_requirements_pin_what_pyproject_asks_for():
    extras = PROJECT["optional-dependencies"]
    asked = [Requirement(line) for line in PROJECT["dependencies"] + extras["book"] + extras["test"]]
    pinned = pins()
    assert {name_of(r.name) for r in asked} == {name for name, (_, direct) in pinned.items() if direct}, "run make lock"
    for requirement in asked:
        (pin,) = pinned[name_of(requirement.name)][0].specifier
        assert requirement.specifier.contains(pin.version), f"{requirement}: {pin}: run make lock"


def test_requirements_hold_exact_versions_from_the_registry_of_the_reader_and_this_package():
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for requirement, _ in pins().values():
        assert [pin.operator for pin in requirement.specifier] == ["=="], requirement
        assert requirement.url is None
    assert "://" not in text
    assert text.splitlines()[-1] == "-e ."
    assert [line for line in text.splitlines() if line.startswith("-")] == ["-e ."]


def test_this_environment_is_the_pinned_one():
    here = {name: pin for name, (pin, _) in pins().items() if pin.marker is None or pin.marker.evaluate()}
    wrong = [f"{pin}, installed: {v}" for n, pin in here.items() if (v := installed(n)) not in pin.specifier]
    assert not wrong, f"run make setup: {wrong}"


def installed(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "0"


def test_binder_installs_the_same_file_with_a_python_that_fits():
    assert "-r ../requirements.txt" in (ROOT / "binder/requirements.txt").read_text(encoding="utf-8").splitlines()
    python = (ROOT / "binder/runtime.txt").read_text(encoding="utf-8").strip()
    assert python.removeprefix("python-") in Requirement(f"python{PROJECT['requires-python']}").specifier


# --- the package ------------------------------------------------------------------------------------------------------


def test_utils_is_imported_from_any_folder_and_brings_nothing_heavy(tmp_path):
    code = "import sys, utils; print({'tensorflow', 'keras', 'jax', 'torch', 'matplotlib'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_a_file_is_one_idea_long():
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in repository_files()
        if path.suffix in {".py", ".js", ".css"}
    }
    assert lengths
    # Tables of wrong answers are long, and so are those of what is said to them.
    most = {"tests/": 500, "utils/checks/": 330, "": 250}
    too_long = {
        name: length
        for name, length in lengths.items()
        if length > next(limit for folder, limit in most.items() if name.startswith(folder))
    }
    assert too_long == {}


# --- style ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=["check", "format"])
def test_ruff(command):
    ran = subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_nothing_belongs_to_one_machine_only():
    home = re.compile(rb"(?<![\w.])(?:/home|/Users|/root)/\w")
    texts = [path for path in repository_files() if path.suffix not in {".png", ".root", ".gz"}]
    assert [path for path in texts if home.search(path.read_bytes())] == []


# --- what our pages say -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [*GUIDES, ".ci/run", *(p.relative_to(ROOT).as_posix() for p in ROOT.glob(".github/workflows/*.yml"))]
)
def test_every_make_target_that_a_page_names_exists(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert set(re.findall(r"(?:`|^\s*|run: |&& )make ([a-z-]+)", text, flags=re.MULTILINE)) <= TARGETS


def test_every_target_is_in_the_help_and_never_mistaken_for_a_file():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (help .*)$", makefile, flags=re.MULTILINE).group(1).split()
    assert set(phony) == TARGETS


@pytest.mark.parametrize("name", GUIDES)
def test_every_link_to_a_file_of_ours_leads_somewhere(name):
    guide = ROOT / name
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", guide.read_text(encoding="utf-8"))
    assert [target for target in targets if not (guide.parent / target).exists()] == []


def test_the_licence_names_everything_in_the_root():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    top = {path.relative_to(ROOT).parts[0] for path in repository_files()}
    assert top
    assert {name for name in top if name not in licence} == set()


def test_every_data_file_is_described_with_its_checksum():
    readme = ROOT / "lessons/assets/README.md"
    data = [path for path in repository_files() if readme.parent in path.parents and path != readme]
    described = readme.read_text(encoding="utf-8")
    undescribed = [p.name for p in data if hashlib.sha256(p.read_bytes()).hexdigest() not in described]
    assert undescribed == []


def test_one_version_number():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["version"]


def test_ci_runs_every_python_that_pyproject_allows():
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]
    allowed = Requirement(f"python{PROJECT['requires-python']}").specifier
    tested = jobs["test"]["strategy"]["matrix"]["python"]
    assert tested == [f"3.{minor}" for minor in range(30) if allowed.contains(f"3.{minor}")]
