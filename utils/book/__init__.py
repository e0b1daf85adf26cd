"""A small Sphinx extension: what the book build needs beyond Jupyter Book.

It has the kernels bake the instruments (`utils.explore`), re-runs a notebook when something it depends on has changed,
brings the frames and the readings of every stop into the built book, and takes the repository's address from git.
"""

import json
import os
import re
import shutil
from pathlib import Path

from sphinx.errors import ExtensionError

from utils.book.about import name_address
from utils.book.dependencies import environment_hash, file_hash, fingerprint
from utils.book.figures_first import figures_first
from utils.book.pages import FRAMES_FOLDER, mend_pages
from utils.book.progress import Watch
from utils.book.repository import name_repository
from utils.explore import BAKE_VARIABLE
from utils.explore.page import FRAMES_PLACEHOLDER

_DATA = re.compile(
    r'<figure class="explore" id="([^"]+)">.*?<script type="application/json" class="explore-data">(.*?)</script>', re.S
)
# Keys of the state, beside the pages' names: what shows on all of them, and whether the build ended without a warning.
_EVERY_PAGE, _ENDED_WELL = "(every page)", "(ended well)"


def setup(app):
    """Connects the extension to Sphinx; Sphinx calls it."""
    app.connect("config-inited", name_repository)
    app.connect("config-inited", name_address)
    app.connect("builder-inited", start_baking)
    app.connect("env-get-outdated", find_outdated)
    app.connect("doctree-resolved", figures_first)
    app.connect("html-page-context", place_frames, priority=400)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}


def find_outdated(app, env, added, changed, removed):
    """Names the pages to read again, and takes outdated notebooks out of the cache, which knows only their text."""
    from jupyter_cache import get_cache

    state_file = _state_file(app)
    before = json.loads(state_file.read_text(encoding="utf-8")) if state_file.exists() else {}
    environment = environment_hash()
    notebooks = {name: path for name in env.found_docs if (path := Path(env.doc2path(name))).suffix == ".ipynb"}
    app.explore_state = {name: fingerprint(path, environment) for name, path in notebooks.items()}
    app.explore_state[_EVERY_PAGE] = file_hash(
        [*sorted(Path(__file__).parent.glob("*.py")), *sorted((Path(app.srcdir) / "_static").glob("*"))]
    )
    cache = get_cache(app.config.nb_execution_cache_path or Path(app.outdir).parent / ".jupyter_cache")
    fresh = {name for name, value in app.explore_state.items() if value == before.get(name)}
    for name in sorted(notebooks.keys() - fresh):
        for record in cache.list_cache_records():
            if Path(record.uri) == notebooks[name]:
                cache.remove_cache(record.pk)
    # After a build that failed every page is read again, or its warnings were lost; what ran well is in the cache.
    state_file.write_text(json.dumps(app.explore_state | {_ENDED_WELL: False}), encoding="utf-8")
    if before.get(_ENDED_WELL) and _EVERY_PAGE in fresh:
        return sorted(notebooks.keys() - fresh)
    return sorted(env.found_docs)


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
    app.explore_watch = Watch(folder / "progress.jsonl")


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
    mend_pages(app)
    bake_folder, out = _bake_folder(app), Path(app.outdir)
    readings_folder = out.parent / "explore" / "readings"
    shutil.rmtree(readings_folder, ignore_errors=True)
    readings_folder.mkdir(parents=True)
    used = set()
    for name in sorted(app.explore_state.keys() - {_EVERY_PAGE}):
        page = (out / app.builder.get_target_uri(name)).read_text(encoding="utf-8")
        figures = {figure: json.loads(data) for figure, data in _DATA.findall(page)}
        if not figures:
            continue
        used |= {frame for figure in figures.values() for frame in figure["frames"]}
        text = json.dumps({figure: readings(data) for figure, data in figures.items()}, indent=1, ensure_ascii=False)
        (readings_folder / f"{name.replace('/', '.')}.json").write_text(text + "\n", encoding="utf-8")
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
        _state_file(app).write_text(json.dumps(app.explore_state | {_ENDED_WELL: True}), encoding="utf-8")


def readings(data):
    """Gives the readings of one figure by stop: `"n=4, target=sine"` -> the sentence."""
    stops = [""]
    for control in data["controls"]:
        stops = [
            f"{stop}, {control['name']}={value}".removeprefix(", ") for stop in stops for value in control["stops"]
        ]
    return dict(zip(stops, data["readings"], strict=True))
