"""Where the repository is, so that every fork's book launches the fork."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def repository_url():
    """Gives the https address of the repository, from REPOSITORY_URL or the git remote `origin`; None without one."""
    url = os.environ.get("REPOSITORY_URL") or _git("remote", "get-url", "origin")
    if match := re.fullmatch(r"(?:git@|ssh://git@)([^:/]+)[:/](.+)", url):
        url = f"https://{match[1]}/{match[2]}"
    if not re.fullmatch(r"https://(github|gitlab)\.com/[^/]+/[^/]+", url := url.rstrip("/").removesuffix(".git")):
        return None
    return url


def _git(*arguments):
    try:
        done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:  # an unpacked archive on a machine without git: no address, no button
        return ""
    return done.stdout.strip()


def name_repository(app, config):
    """Adds the launch and repository buttons where the repository has a public address."""
    if url := repository_url():
        branch = _git("rev-parse", "--abbrev-ref", "HEAD")
        config.html_theme_options |= {
            "repository_url": url,
            "repository_branch": branch if branch not in ("", "HEAD") else "main",
            "use_repository_button": True,
            "launch_buttons": {"binderhub_url": "https://mybinder.org", "notebook_interface": "jupyterlab"},
        }
