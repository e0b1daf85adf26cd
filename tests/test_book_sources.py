"""Where the book's extension looks: the repository's address, and the files that a notebook depends on."""

import subprocess
from types import SimpleNamespace

import pytest

from tests.built_book import write_notebook
from utils.book import dependencies, repository

# --- the repository's address -----------------------------------------------------------------------------------------


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Gives a function that runs git in a repository of its own, in which `utils.book` then looks."""
    monkeypatch.setattr(repository, "ROOT", tmp_path)
    monkeypatch.delenv("REPOSITORY_URL", raising=False)

    def run_git(*arguments):
        identity = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *arguments], check=True, capture_output=True)

    run_git("init", "--initial-branch", "course")
    run_git("commit", "--allow-empty", "-m", "first")
    return run_git


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://github.com/a/b", "https://github.com/a/b"),
        ("https://github.com/a/b.git", "https://github.com/a/b"),
        ("https://github.com/a/b.git/", "https://github.com/a/b"),
        ("git@github.com:a/b.git", "https://github.com/a/b"),
        ("ssh://git@github.com/a/b.git", "https://github.com/a/b"),
        ("git@gitlab.com:a/b", "https://gitlab.com/a/b"),
        ("https://user:secret@github.com/a/b.git", None),
        ("https://example.org/a/b.git", None),
        ("/srv/git/b.git", None),
        ("file:///srv/git/b.git", None),
    ],
)
def test_the_address_comes_from_the_remote(git, remote, url):
    git("remote", "add", "origin", remote)
    assert repository.repository_url() == url


def test_the_address_comes_from_the_environment_first(git, monkeypatch):
    git("remote", "add", "origin", "https://github.com/a/b")
    monkeypatch.setenv("REPOSITORY_URL", "https://github.com/c/d")
    assert repository.repository_url() == "https://github.com/c/d"


def test_no_remote_no_button(git):
    config = SimpleNamespace(html_theme_options={"kept": 1})
    repository.name_repository(None, config)
    assert config.html_theme_options == {"kept": 1}


def test_the_button_launches_the_branch_that_is_built(git):
    git("remote", "add", "origin", "git@github.com:a/b.git")
    config = SimpleNamespace(html_theme_options={"kept": 1})
    repository.name_repository(None, config)
    options = config.html_theme_options
    assert options["kept"] == 1
    assert (options["repository_url"], options["repository_branch"]) == ("https://github.com/a/b", "course")
    assert options["launch_buttons"]["binderhub_url"] == "https://mybinder.org"
    git("checkout", "--detach")
    repository.name_repository(None, config)
    assert config.html_theme_options["repository_branch"] == "main"


def test_no_folder_of_git_no_address(tmp_path, monkeypatch):
    monkeypatch.setattr(repository, "ROOT", tmp_path)
    monkeypatch.delenv("REPOSITORY_URL", raising=False)
    assert repository.repository_url() is None


# --- what a notebook depends on ---------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """Gives a folder with a package `utils` and two assets."""
    files = {
        "utils/__init__.py": "",
        "utils/plot.py": "import matplotlib",
        "utils/data.py": "from utils.deep.down import below\nPATH = 'lessons/assets/events.csv'",
        "utils/deep/__init__.py": "from . import beside",
        "utils/deep/beside.py": "",
        "utils/deep/down.py": "from ..plot import figure\ndef below():\n    from .late import x",
        "utils/deep/late.py": "",
        "utils/unused.py": "",
        "lessons/assets/events.csv": "1",
        "lessons/assets/titanic.csv": "2",
        "other.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(dependencies, "ROOT", tmp_path)
    return tmp_path


DEEP = ["utils/deep/__init__.py", "utils/deep/beside.py", "utils/deep/down.py", "utils/deep/late.py", "utils/plot.py"]


@pytest.mark.parametrize(
    ("sources", "found"),
    [
        (["import numpy"], []),
        (["import utils"], ["utils/__init__.py"]),
        (["from utils.plot import figure"], ["utils/__init__.py", "utils/plot.py"]),
        (["from utils import plot as p"], ["utils/__init__.py", "utils/plot.py"]),
        (["import utils.plot, os"], ["utils/__init__.py", "utils/plot.py"]),
        (["%matplotlib inline\n!ls\nimport utils.plot", "x = 1"], ["utils/__init__.py", "utils/plot.py"]),
        (["def late():\n    from utils.plot import role"], ["utils/__init__.py", "utils/plot.py"]),
        (["open('lessons/assets/titanic.csv')"], ["lessons/assets/titanic.csv"]),
        (["from utils.data import PATH"], ["lessons/assets/events.csv", "utils/__init__.py", "utils/data.py", *DEEP]),
        (["import utils.deep.down"], ["utils/__init__.py", *DEEP]),
    ],
)
def test_dependencies(tree, sources, found):
    write_notebook(tree / "lesson.ipynb", "utils.unused is only named here, and titanic.csv", *sources)
    paths = dependencies.dependencies(tree / "lesson.ipynb")
    assert [path.relative_to(tree).as_posix() for path in paths] == sorted(found)


def test_the_fingerprint_changes_with_a_dependency_and_with_the_environment(tree):
    write_notebook(tree / "lesson.ipynb", "Lesson", "import utils.data")
    first = dependencies.fingerprint(tree / "lesson.ipynb", "python 3.11")
    assert dependencies.fingerprint(tree / "lesson.ipynb", "python 3.11") == first
    (tree / "utils/unused.py").write_text("x = 1")
    assert dependencies.fingerprint(tree / "lesson.ipynb", "python 3.11") == first
    for name in ("utils/deep/late.py", "lessons/assets/events.csv"):
        (tree / name).write_text("x = 1")
        assert (second := dependencies.fingerprint(tree / "lesson.ipynb", "python 3.11")) != first
        first = second
    assert dependencies.fingerprint(tree / "lesson.ipynb", "python 3.12") != first
