"""Where the repository is, so that every fork's book launches the fork."""

import os
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
_ADDRESS = re.compile(r"https://(?:github\.com/[^/]+|gitlab\.com/(?P<group>[^/]+(?:/[^/]+)*))/(?P<name>[^/]+)")


def repository_url():
    """Gives the https address of the repository, from REPOSITORY_URL or the git remote `origin`; None without one."""
    url = os.environ.get("REPOSITORY_URL") or (_git("remote", "get-url", "origin") if _is_ours() else "")
    if match := re.fullmatch(r"(?:git@|ssh://git@)([^:/]+)[:/](.+)", url):
        url = f"https://{match[1]}/{match[2]}"
    url = url.rstrip("/").removesuffix(".git")
    return url if _ADDRESS.fullmatch(url) else None


def revision():
    """Gives what is built: the branch; off every branch the tag or the commit; `main` outside of git."""
    if not _is_ours():
        return "main"
    # A branch without a commit has no name that could be launched.
    return (
        _git("symbolic-ref", "--quiet", "--short", "HEAD")
        or _git("describe", "--tags", "--exact-match", "HEAD")
        or _git("rev-parse", "HEAD")
        or "main"
    )


def _is_ours():
    """False for an archive that was unpacked somewhere inside another repository."""
    top = _git("rev-parse", "--show-toplevel")
    return bool(top) and Path(top).resolve() == ROOT.resolve()


def _git(*arguments):
    # Inside a git hook these variables name the repository that the hook is of, whatever the folder is.
    outside = {name: value for name, value in os.environ.items() if name not in ("GIT_DIR", "GIT_WORK_TREE")}
    try:
        done = subprocess.run(
            ["git", "-C", str(ROOT), *arguments], env=outside, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:  # an unpacked archive on a machine without git: no address, no button
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def name_repository(app, config):
    """Adds the launch and repository buttons where the repository has a public address."""
    if url := repository_url():
        config.html_theme_options |= {
            "repository_url": url,
            "repository_branch": revision(),
            "use_repository_button": True,
            "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
        }


def mend_launch_button(app, pagename, templatename, context, doctree):
    """Gives the Binder button of a project in a sub-group of GitLab its address; the theme knows groups only."""
    address = _ADDRESS.fullmatch(app.config.html_theme_options.get("repository_url", ""))
    if not address or "/" not in (address["group"] or ""):
        return
    project = quote(f"{address['group']}/{address['name']}", safe="")
    for button in context.get("header_buttons", []):
        for link in button.get("buttons", []):
            if "https://mybinder.org/" in link.get("url", ""):
                place = link["url"].partition("?")[2]
                branch = app.config.html_theme_options["repository_branch"]
                link["url"] = f"https://mybinder.org/v2/gl/{project}/{branch}?{place}"
