"""Building a book as `make book` does; this one's pages and its recorded readings; notebooks for small ones."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from sphinx_external_toc.parsing import parse_toc_yaml

from utils.book.records import Notebook, environment_hash, figures_in

ROOT = Path(__file__).resolve().parents[1]


def documents():
    """Gives the pages that the table of contents names, in its order."""
    return list(parse_toc_yaml(ROOT / "_toc.yml"))


def documents_with_figures():
    """Gives those among them whose notebook makes figures with controls."""
    return [name for name in documents() if "@explore" in (ROOT / f"{name}.ipynb").read_text(encoding="utf-8")]


def jupyter_book(folder, **environment):
    """Builds the book in a folder with warnings as errors; what has not changed is not built again.

    Args:
        folder: where `_config.yml` is.
        **environment: variables to set.

    Returns:
        `(code, log)`: the exit status, and what was printed.
    """
    scripts = str(Path(sys.executable).parent)
    variables = {
        **os.environ,
        "PATH": scripts + os.pathsep + os.environ["PATH"],
        "JUPYTER_PREFER_ENV_PATH": "1",
        **environment,
    }
    variables.pop("MPLBACKEND", None)  # a backend from outside takes the pictures out of a notebook
    command = [
        shutil.which("jupyter-book", path=scripts),
        "build",
        str(folder),
        "--builder",
        "html",
        "-W",
        "-n",
        "--keep-going",
    ]
    built = subprocess.run(
        command, cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return built.returncode, built.stdout


def build():
    """Builds this book and gives the folder of its pages.

    Raises:
        AssertionError: where the build fails; it shows the end of the log.
    """
    code, log = jupyter_book(ROOT)
    assert code == 0, f"Expected the book to build without a warning. Received:\n{log[-4000:]}"
    return ROOT / "_build" / "html"


def recorded_outputs(path, since):
    """Gives the outputs of a notebook's code cells that the book build has kept.

    Args:
        path: the notebook.
        since: seconds since 1970; what was kept before is not looked at.

    Returns:
        A list of outputs for each code cell, figures as text and pixels alone; None where none were kept since then,
        or where running the notebook would by now give others.
    """
    name = path.relative_to(ROOT).with_suffix("").as_posix()
    folder = ROOT / "_build" / ".executed" / "html" / name
    record = folder / "record.json"
    if not record.exists() or record.stat().st_mtime < since:
        return None
    kept = Notebook(name, path, folder)
    if not kept.is_fresh(ROOT, environment_hash()):
        return None
    cells = [[nbformat.from_dict(output) for output in cell["outputs"]] for cell in kept.record["cells"]]
    for output in (output for outputs in cells for output in outputs):
        if figures_in(output.get("data", {}).get("text/html", "")):
            del output.data["text/html"]  # the page's figure: a live one has widgets in its place
    return cells


def fresh_readings():
    """Gives the readings of the present build: file name -> figure -> stop -> sentence."""
    return _read(ROOT / "_build" / "explore" / "readings")


def recorded_readings():
    """Gives the readings in the repository, in the same form."""
    return _read(ROOT / "tests" / "readings")


def readings_file(document):
    """Gives the name of the file that holds a page's readings."""
    return f"{document.replace('/', '.')}.json"


def _read(folder):
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def write_notebook(path, title, *sources):
    """Writes a small notebook: a heading, and one code cell for each source."""
    cells = [nbformat.v4.new_markdown_cell(f"# {title}"), *map(nbformat.v4.new_code_cell, sources)]
    for k, cell in enumerate(cells):
        cell.id = f"cell-{k}"  # random ones would make the notebook another one
    path.parent.mkdir(exist_ok=True, parents=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
