"""A small Sphinx extension: what the book build needs beyond Jupyter Book.

It has the kernels bake the instruments (`utils.explore`), re-runs a notebook when something it depends on has changed,
brings the frames and the readings of every stop into the built book, and takes the repository's address from git.
"""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from importlib import metadata
from pathlib import Path

from sphinx.errors import ExtensionError
from sphinx.util import logging

from utils.explore import BAKE_VARIABLE
from utils.explore.bake import FRAMES_PLACEHOLDER

FRAMES_FOLDER = "_explore"  # in the built book
ROOT = Path(__file__).resolve().parent.parent
_DATA = re.compile(r'<figure class="explore" id="([^"]+)">.*?<script type="application/json" class="explore-data">(.*?)</script>', re.S)
_EVERY_PAGE = "(every page)"  # key of the state, beside the pages' names: what shows on all of them
# What the themes put on every page and no page of ours can use: Font Awesome a second time, as a script of half a
# megabyte; early loading of its fonts, which browsers refuse for file:// with an error; Thebe, which lives on a CDN.
_NOT_NEEDED = re.compile(
    r'<script src="[^"]*fontawesome[^"]*"></script>\s*'
    r'|<link rel="preload" as="font"[^>]*>\s*'
    r'|<script>const THEBE_JS_URL[^<]*</script>\s*'
    r'|<script[^>]*src="[^"]*sphinx-thebe\.js[^"]*"></script>\s*'
    r'|<link[^>]*href="[^"]*sphinx-thebe\.css[^"]*"[^>]*>\s*'
    r'|<script type="text/x-thebe-config">.*?</script>\s*',
    re.S,
)
log = logging.getLogger(__name__)


def setup(app):
    app.connect("config-inited", name_repository)
    app.connect("builder-inited", start_baking)
    app.connect("env-get-outdated", find_outdated)
    app.connect("html-page-context", place_frames, priority=400)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


# The repository's address, for the Binder button


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


# What a notebook depends on


def dependencies(notebook):
    """Finds what a notebook's outputs depend on, beside its own text.

    Args:
        notebook: the path of an .ipynb file.

    Returns:
        A sorted list of paths: the modules of `utils` that it imports, directly or not, and the files of
        `lessons/assets` that it or they name.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    cells = json.loads(Path(notebook).read_text())["cells"]
    transform = TransformerManager().transform_cell  # `%` and `!` lines are no Python
    sources = [transform("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    found, texts = set(), list(sources)
    waiting = [(source, ROOT) for source in sources]
    while waiting:
        source, folder = waiting.pop()
        for module in _imported_modules(ast.parse(source), folder):
            if module not in found:
                found.add(module)
                texts.append(module.read_text())
                waiting.append((texts[-1], module.parent))
    named = [path for path in (ROOT / "lessons/assets").rglob("*") if path.is_file() and any(path.name in text for text in texts)]
    return sorted(found | set(named))


def _imported_modules(tree, folder):
    """Gives the files of `utils` that a syntax tree imports; `folder` is where its relative imports start."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            candidates = [ROOT / alias.name.replace(".", "/") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = folder if node.level else ROOT
            base = start.joinpath(*[".."] * max(node.level - 1, 0), *(node.module or "").split(".")).resolve()
            candidates = [base, *(base / alias.name for alias in node.names)]
        else:
            continue
        for path in candidates:
            if path.is_relative_to(ROOT / "utils"):
                package = ROOT / "utils"
                files = [path.with_suffix(".py"), path / "__init__.py", package / "__init__.py"]
                files += [parent / "__init__.py" for parent in path.parents if parent.is_relative_to(package)]
                yield from (file for file in files if file.is_file())


def environment_hash():
    """Gives a hash of the Python version and of every installed package's version."""
    packages = sorted(f"{item.metadata['Name']}=={item.version}" for item in metadata.distributions())
    return hashlib.sha256("\n".join([sys.version, *packages]).encode()).hexdigest()


def fingerprint(notebook, environment):
    """Gives a hash of everything that a notebook's outputs depend on, beside its own text."""
    return _hash(dependencies(notebook), environment)


def _hash(paths, text=""):
    digest = hashlib.sha256(text.encode())
    for path in paths:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def find_outdated(app, env, added, changed, removed):
    """Names the pages to read again, and takes outdated notebooks out of the cache, which knows only their text."""
    from jupyter_cache import get_cache

    state_file = _state_file(app)
    before = json.loads(state_file.read_text()) if state_file.exists() else {}
    # Removed until the build has ended well: after a failed one every page is read again, or its warnings would be lost.
    state_file.unlink(missing_ok=True)
    environment = environment_hash()
    notebooks = {name: path for name in env.found_docs if (path := Path(env.doc2path(name))).suffix == ".ipynb"}
    app.explore_state = {name: fingerprint(path, environment) for name, path in notebooks.items()}
    app.explore_state[_EVERY_PAGE] = _hash([Path(__file__), *sorted((Path(app.srcdir) / "_static").glob("*"))])
    cache = get_cache(app.config.nb_execution_cache_path or Path(app.outdir).parent / ".jupyter_cache")
    fresh = {name for name, value in app.explore_state.items() if value == before.get(name)}
    for name in sorted(notebooks.keys() - fresh):
        for record in cache.list_cache_records():
            if Path(record.uri) == notebooks[name]:
                cache.remove_cache(record.pk)
    return sorted(notebooks.keys() - fresh) if _EVERY_PAGE in fresh else sorted(env.found_docs)


# Baking


def _bake_folder(app):
    # Beside the cached notebooks, whose pages name these frames: the two are deleted together.
    return Path(app.config.nb_execution_cache_path or Path(app.outdir).parent / ".jupyter_cache").resolve() / "explore"


def _state_file(app):
    return _bake_folder(app) / f"state-{app.builder.name}.json"


def start_baking(app):
    """Tells the kernels to bake, and shows how far they are."""
    folder = _bake_folder(app)
    folder.mkdir(parents=True, exist_ok=True)
    if app.builder.format == "html":
        os.environ[BAKE_VARIABLE] = str(folder)
    app.explore_watch = _Watch(folder / "progress.jsonl")


class _Watch(threading.Thread):
    """Shows the progress that kernels write to a file: a bar per figure on a terminal, a line per figure in a log."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.ended, self.bar = path, threading.Event(), None
        path.write_text("")
        self.start()

    def run(self):
        with self.path.open() as file:
            while True:
                last_look = self.ended.is_set()
                for line in file.readlines():
                    self.show(json.loads(line))
                if last_look:
                    return
                self.ended.wait(0.3)

    def show(self, event):
        from tqdm import tqdm

        if sys.stderr.isatty():
            if self.bar is None or self.bar.desc != event["figure"]:
                self.bar = tqdm(total=event["total"], unit="frame", desc=event["figure"])
                self.bar.desc = event["figure"]
            self.bar.update(event["done"] - self.bar.n)
        if "seconds" in event:
            if self.bar is not None:
                self.bar.close()
                self.bar = None
            log.info("baked %s: %d frames, %d kB, %.1f s", event["figure"], event["total"], event["bytes"] / 1000, event["seconds"])

    def stop(self):
        self.ended.set()
        self.join()


def place_frames(app, pagename, templatename, context, doctree):
    """Puts the way to the frames into a page, and leaves widget state, which needs a kernel, out of it."""
    if "body" in context:
        here = app.builder.get_target_uri(pagename)
        depth = here.count("/")
        context["body"] = context["body"].replace(FRAMES_PLACEHOLDER, "../" * depth + FRAMES_FOLDER + "/")
    scripts = getattr(app.env, "nb_metadata", {}).get(pagename, {}).get("js_files", {})
    scripts.pop("ipywidgets_state", None)


def finish(app, exception):
    """Copies the frames that the pages show, and writes the readings of every stop, a file for each notebook."""
    if hasattr(app, "explore_watch"):
        app.explore_watch.stop()
    if exception is not None or app.builder.format != "html":
        return
    for page in Path(app.outdir).rglob("*.html"):
        text = page.read_text()
        if (light := _NOT_NEEDED.sub("", text)) != text:
            page.write_text(light)
    bake_folder, out = _bake_folder(app), Path(app.outdir)
    readings_folder = out.parent / "explore" / "readings"
    shutil.rmtree(readings_folder, ignore_errors=True)
    readings_folder.mkdir(parents=True)
    used = set()
    for name in sorted(app.explore_state.keys() - {_EVERY_PAGE}):
        page = (out / app.builder.get_target_uri(name)).read_text()
        figures = {figure: json.loads(data.replace("<\\/", "</")) for figure, data in _DATA.findall(page)}
        if not figures:
            continue
        used |= {frame for figure in figures.values() for frame in figure["frames"]}
        text = json.dumps({figure: readings(data) for figure, data in figures.items()}, indent=1, ensure_ascii=False)
        (readings_folder / f"{name.replace('/', '.')}.json").write_text(text + "\n")
    frames = out / FRAMES_FOLDER
    frames.mkdir(exist_ok=True)
    for old in frames.glob("*.png"):
        if old.stem not in used:
            old.unlink()
    for frame in used:
        source, target = bake_folder / "frames" / f"{frame}.png", frames / f"{frame}.png"
        if not source.exists():
            raise ExtensionError(f"A baked picture is missing: run `make clean`, then `make book`. Received: {source}")
        if not target.exists():
            shutil.copyfile(source, target)
    if app._warncount == 0:
        _state_file(app).write_text(json.dumps(app.explore_state))


def readings(data):
    """Gives the readings of one figure by stop: `"n=4, target=sine"` -> the sentence."""
    stops = [""]
    for control in data["controls"]:
        stops = [f"{stop}, {control['name']}={value}".removeprefix(", ") for stop in stops for value in control["stops"]]
    return dict(zip(stops, data["readings"], strict=True))
