"""A small Sphinx extension: what the book build needs beyond Jupyter Book.

It runs the notebooks side by side before Sphinx reads them, has their kernels bake the instruments (`utils.explore`),
re-runs a notebook when something that it read has changed, brings the frames and the readings of every stop into the
built book, and takes the repository's address from git.
"""

import hashlib
import json
import os
import shutil
from pathlib import Path

from sphinx.errors import ExtensionError

from utils.book.about import name_address
from utils.book.execute import Settings, execute
from utils.book.figures_first import figures_first
from utils.book.pages import FRAMES_FOLDER, mend_pages
from utils.book.progress import Progress, expected_seconds
from utils.book.records import (
    Notebook,
    environment_hash,
    figures_in,
    frames_of,
    is_whole,
    remove_unfinished,
)
from utils.book.repository import mend_launch_button, name_repository
from utils.device import cpu_cores
from utils.explore.bake import frame_name
from utils.explore.page import FRAMES_PLACEHOLDER
from utils.files import write_whole


def setup(app):
    """Connects the extension to Sphinx; Sphinx calls it."""
    # What shows on every page: Sphinx makes all of them again when this value changes.
    ours = [*Path(__file__).parent.glob("*.py"), *(Path(app.srcdir) / "_static").rglob("*")]
    app.add_config_value("book_sources", _hash_of(sorted(path for path in ours if path.is_file())), "env")
    app.connect("config-inited", name_repository)
    app.connect("config-inited", name_address)
    app.connect("env-get-outdated", run_notebooks)
    app.connect("source-read", fill_in_outputs)
    app.connect("doctree-resolved", figures_first)
    app.connect("html-page-context", place_frames, priority=400)
    app.connect("html-page-context", mend_launch_button, priority=900)
    app.connect("build-finished", finish)
    return {"version": "2", "parallel_read_safe": False, "parallel_write_safe": True}


def _hash_of(paths):
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _kept(app):
    # For each format of its own: for print no figure is baked.
    return Path(app.outdir).parent / ".executed" / (app.builder.format or app.builder.name)


def _unfinished(app):
    """A file that is there while a build runs, and stays after one that failed."""
    return _kept(app) / f"unfinished-{app.builder.name}"


def run_notebooks(app, env, added, changed, removed):
    """Runs the notebooks whose outputs are not what they would be now, and names the pages to read again."""
    kept, root = _kept(app), Path(app.srcdir)
    paths = {name: Path(env.doc2path(name)) for name in sorted(env.found_docs)}
    app.book_notebooks = {
        name: Notebook(name, path, kept / name) for name, path in paths.items() if path.suffix == ".ipynb"
    }
    environment = environment_hash()
    outdated = [book for book in app.book_notebooks.values() if not book.is_fresh(root, environment)]
    readings = root / "tests" / "readings"
    expected = {book: expected_seconds(book, readings / readings_file(book.name)) for book in outdated}
    # The longest first: a long one that starts last would keep the other cores waiting.
    expected = dict(sorted(expected.items(), key=lambda item: -sum(item[1])))
    settings = Settings(
        root=root,
        environment=environment,
        bake=app.builder.format == "html",
        timeout=app.config.nb_execution_timeout if app.config.nb_execution_timeout > 0 else None,
        workers=int(os.environ.get("WORKERS") or cpu_cores()),
    )
    unfinished_before = _unfinished(app).exists()
    write_whole(_unfinished(app), b"")
    progress = Progress(expected, len(app.book_notebooks), settings.workers)
    failures = execute(list(expected), settings, progress) if expected else []
    progress.close()
    if failures:
        names = ", ".join(failure.partition(",")[0] for failure in failures)
        raise ExtensionError(f"Expected every notebook to run (the errors are above). Received errors in: {names}")
    before = getattr(env, "book_outputs", {})
    env.book_outputs = {name: book.outputs_hash for name, book in app.book_notebooks.items()}
    if unfinished_before:  # every page is read again, or the warnings of the build that failed were lost
        return sorted(env.found_docs)
    return [name for name, outputs in env.book_outputs.items() if before.get(name) != outputs]


def fill_in_outputs(app, name, source):
    """Gives Sphinx a notebook with its outputs."""
    if name in app.book_notebooks:
        source[0] = app.book_notebooks[name].fill(source[0])


def place_frames(app, pagename, templatename, context, doctree):
    """Puts the way to the frames into a page."""
    if "body" in context:
        here = app.builder.get_target_uri(pagename)
        depth = here.count("/")
        context["body"] = context["body"].replace(FRAMES_PLACEHOLDER, "../" * depth + FRAMES_FOLDER + "/")


def finish(app, exception):
    """Copies the frames that the pages show, and writes the readings of every stop, a file for each notebook."""
    if exception is not None:
        return
    if app.builder.format == "html":
        mend_pages(app)
        _write_figures(app)
    if app._warncount == 0:
        _unfinished(app).unlink(missing_ok=True)


def _write_figures(app):
    out = Path(app.outdir)
    readings_folder, frames = out.parent / "explore" / "readings", out / FRAMES_FOLDER
    shutil.rmtree(readings_folder, ignore_errors=True)
    readings_folder.mkdir(parents=True)
    frames.mkdir(exist_ok=True)
    remove_unfinished(frames)
    used = set()
    for name, notebook in app.book_notebooks.items():
        page = (out / app.builder.get_target_uri(name)).read_text(encoding="utf-8")
        if not (figures := figures_in(page)):
            continue
        for frame in set().union(*map(frames_of, figures.values())) - used:
            used.add(frame)
            _copy_frame(notebook.frame(frame), frames / f"{frame}.png")
        text = json.dumps({figure: readings(data) for figure, data in figures.items()}, indent=1, ensure_ascii=False)
        write_whole(readings_folder / readings_file(name), f"{text}\n".encode())
    for old in frames.glob("*.png"):
        if old.stem not in used:
            old.unlink()


def _copy_frame(source, target):
    """Copies a frame; what is there already may be half of one, from a disk that was full."""
    if is_whole(target):
        return
    data = source.read_bytes() if source.exists() else b""
    if frame_name(data) != source.stem:
        raise ExtensionError(f"A baked picture is damaged: `make clean`, then `make book`. Received: {source}")
    write_whole(target, data)


def readings_file(name):
    """Gives the name of the file that holds the readings of a page."""
    return f"{name.replace('/', '.')}.json"


def readings(data):
    """Gives the readings of one figure by stop: `"n=4, target=sine"` -> the sentence."""
    stops = [""]
    for control in data["controls"]:
        stops = [
            f"{stop}, {control['name']}={value}".removeprefix(", ") for stop in stops for value in control["stops"]
        ]
    return dict(zip(stops, data["readings"], strict=True))
