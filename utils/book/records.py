"""What is kept of an executed notebook, so that the next build need not run it: its outputs, and what they depend on.

Everything of a notebook is in a folder of its own below `_build/.executed`, found by the notebook's place in the book:
a book that is moved or copied takes it along.
"""

import functools
import hashlib
import json
import re
import sys
import time
from importlib import metadata

import nbformat

from utils.book.kernel import file_hash, folder_hash
from utils.explore.bake import frame_name
from utils.files import write_whole

DATA = re.compile(
    r'<figure class="explore"[^>]*? id="([^"]+)"'
    r'.*?<script type="application/json" class="explore-data">(.*?)</script>',
    re.S,
)
_TAGS = {"raises-exception", "skip-execution"}  # what changes how a cell is run
_HOUR = 3600


class Notebook:
    """A notebook of the book, and what the last build has kept of it.

    Args:
        name: its name in the book, as in `lessons/03_losses`.
        path: the .ipynb file.
        folder: where its record and its frames are kept.

    Attributes:
        notebook: the notebook itself.
        record: what was kept, or {} where there is nothing that can be read.
    """

    def __init__(self, name, path, folder):
        self.name, self.path, self.folder = name, path, folder
        self.notebook = nbformat.read(path, as_version=4)
        self.record = self._read()

    @property
    def code(self):
        """A hash of what is executed: prose, other tags and outputs do not count."""
        cells = [[cell.source, sorted(_TAGS & set(cell.metadata.get("tags", [])))] for cell in self.code_cells]
        return hashlib.sha256(json.dumps(cells).encode()).hexdigest()

    @property
    def code_cells(self):
        """The code cells, in their order."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    @property
    def outputs_hash(self):
        """A hash of the kept outputs; a page that was made from the same ones is not made again."""
        return hashlib.sha256(json.dumps(self.record.get("cells")).encode()).hexdigest()

    def _read(self):
        try:
            record = json.loads((self.folder / "record.json").read_text(encoding="utf-8"))
            return record if isinstance(record, dict) else {}
        except (FileNotFoundError, ValueError):  # ValueError: damaged, as after a power cut. The notebook runs again.
            return {}

    def is_fresh(self, root, environment):
        """True where running the notebook would give what is kept.

        Args:
            root: the folder of the project.
            environment: `environment_hash()`.
        """
        record = self.record
        return (
            record.get("code") == self.code
            and record["environment"] == environment
            and all(file_hash(root / name) == value for name, value in record["files"].items())
            and all(folder_hash(root / name) == value for name, value in record["folders"].items())
            and all(is_whole(self.frame(name)) for name in record["frames"])
        )

    def frame(self, name):
        """Gives the file of a frame."""
        return self.folder / "frames" / f"{name}.png"

    def make_ready(self):
        """Makes the folder, and takes out of it what an interrupted build has left unfinished or damaged."""
        frames = self.folder / "frames"
        frames.mkdir(parents=True, exist_ok=True)
        remove_unfinished(self.folder)
        remove_unfinished(frames)
        for path in frames.glob("*.png"):
            if not is_whole(path):
                path.unlink(missing_ok=True)

    def keep(self, executed, notes, environment, seconds):
        """Keeps the outputs of a run.

        Args:
            executed: the notebook after the run.
            notes: `utils.book.kernel.read_notes` of it.
            environment: `environment_hash()`.
            seconds: what each code cell took.
        """
        cells = [
            {"execution_count": cell.execution_count, "outputs": cell.outputs}
            for cell in executed.cells
            if cell.cell_type == "code"
        ]
        html = [output.get("data", {}).get("text/html", "") for cell in cells for output in cell["outputs"]]
        figures = [figure for text in html for figure in figures_in("".join(text)).values()]
        self.record = {
            "code": self.code,
            "environment": environment,
            **notes,
            "frames": sorted(set().union(*map(frames_of, figures))),
            "seconds": seconds,
            "language_info": executed.metadata.get("language_info", {}),
            "cells": cells,
        }
        write_whole(self.folder / "record.json", json.dumps(self.record, ensure_ascii=False).encode())

    def fill(self, text):
        """Gives the text of the notebook with the kept outputs in it.

        Args:
            text: the notebook as it is now; its code is the one that was run.
        """
        notebook = nbformat.reads(text, as_version=4)
        notebook.metadata["language_info"] = self.record["language_info"]
        notebook.metadata.pop("widgets", None)  # widget state needs a kernel, which a page has not
        code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for cell, kept in zip(code_cells, self.record["cells"], strict=True):
            cell.update(nbformat.from_dict(kept))
        return nbformat.writes(notebook)


def figures_in(html):
    """Gives the figures with controls of a page or an output: id -> what their script reads."""
    return {figure: json.loads(data) for figure, data in DATA.findall(html)}


def frames_of(figure):
    """Gives the names of all pictures of a figure, that of its board among them."""
    return {*figure["frames"], *([figure["board"]] if "board" in figure else [])}


def is_whole(path):
    """True where a frame is there and is the one that its name says."""
    try:
        return frame_name(path.read_bytes()) == path.stem
    except FileNotFoundError:
        return False


def remove_unfinished(folder):
    """Removes what a killed build has left half written; a build beside this one is younger than an hour there."""
    for path in folder.glob("*.part"):
        if time.time() - path.stat().st_mtime > _HOUR:
            path.unlink(missing_ok=True)


@functools.cache
def environment_hash():
    """Gives a hash of the Python version and of every installed package's version."""
    # Each once: a process that has the project's folder on its path finds the project twice, as installed and as there.
    packages = sorted({f"{item.metadata['Name']}=={item.version}" for item in metadata.distributions()})
    return hashlib.sha256("\n".join([sys.version, *packages]).encode()).hexdigest()
