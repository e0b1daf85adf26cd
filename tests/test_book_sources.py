"""Where the book's extension looks for the repository's address, and what it makes of it."""

import subprocess
from types import SimpleNamespace

import pytest

from utils.book import repository


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Gives a function that runs git in a repository of its own, in which `utils.book` then looks."""
    monkeypatch.setattr(repository, "ROOT", tmp_path)
    monkeypatch.delenv("REPOSITORY_URL", raising=False)

    def run_git(*arguments):
        identity = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(tmp_path), *identity, *arguments], check=True, capture_output=True)

    run_git.folder = tmp_path
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
        ("git@gitlab.com:a/group/below/b.git", "https://gitlab.com/a/group/below/b"),
        ("https://github.com/a/group/b", None),
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


def test_off_every_branch_the_tag_or_the_commit_is_launched(git):
    git("checkout", "--detach")
    head = (git.folder / ".git/HEAD").read_text().strip()
    assert repository.revision() == head
    assert len(head) == 40
    git("tag", "v1")
    assert repository.revision() == "v1"


def test_an_archive_inside_another_repository_has_no_address(git, monkeypatch):
    git("remote", "add", "origin", "https://github.com/a/b")
    (git.folder / "unpacked").mkdir()
    monkeypatch.setattr(repository, "ROOT", git.folder / "unpacked")
    assert repository.repository_url() is None
    assert repository.revision() == "main"
    monkeypatch.setenv("GIT_DIR", str(git.folder / ".git"))  # as inside a hook of the other repository
    monkeypatch.setenv("GIT_WORK_TREE", str(git.folder / "unpacked"))
    assert repository.repository_url() is None


@pytest.mark.parametrize(
    ("url", "launched"),
    [
        ("https://gitlab.com/a/group/b", "gl/a%2Fgroup%2Fb/topic/x?urlpath=lab/tree/intro.ipynb"),
        ("https://gitlab.com/a/b", "as the theme has it"),
        ("https://github.com/a/b", "as the theme has it"),
    ],
)
def test_the_button_of_a_sub_group(url, launched):
    theirs = f"https://mybinder.org/v2/git/{url}/topic/x?urlpath=lab/tree/intro.ipynb"
    link = {"type": "link", "text": "Binder", "url": theirs}
    context = {"header_buttons": [{"label": "full-screen"}, {"label": "launch-buttons", "buttons": [link]}]}
    options = {"repository_url": url, "repository_branch": "topic/x"}
    app = SimpleNamespace(config=SimpleNamespace(html_theme_options=options))
    repository.mend_launch_button(app, "intro", "page.html", context, None)
    assert link["url"] == (theirs if "theme" in launched else f"https://mybinder.org/v2/{launched}")


def test_no_folder_of_git_no_address(tmp_path, monkeypatch):
    monkeypatch.setattr(repository, "ROOT", tmp_path)
    monkeypatch.delenv("REPOSITORY_URL", raising=False)
    assert repository.repository_url() is None
