"""Notebooks of the course: finding them, reading, running and writing them, and what is said of a bad one."""

import hashlib
import json
import os
import shutil
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from utils.surroundings import kernel_environment

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("lessons", "solutions", "exercises")


class NotebookError(ValueError):
    """Something in a notebook that its author has to mend."""


def complaint(path, number, expected, received):
    """Makes a `NotebookError` that names notebook and cell.

    Args:
        path: the notebook.
        number: the cell, counted from 1, Markdown cells included.
        expected: a sentence.
        received: what stands there instead.
    """
    return NotebookError(f"{path}, cell {number}: {expected} Received: {received}")


def notebooks(paths=()):
    """Lists the notebooks of the course, or those below the given paths, in a fixed order.

    Raises:
        NotebookError: for a path that is no notebook and no folder.
    """
    found = []
    for path in map(Path, paths or [ROOT / "intro.ipynb", *(ROOT / folder for folder in FOLDERS)]):
        if path.is_dir():
            found += sorted(p for p in path.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts)
        elif path.suffix == ".ipynb" and path.is_file():
            found.append(path)
        elif paths:
            raise NotebookError(f"Expected notebooks or folders. Received: {path}")
    return found


def read(path):
    """Reads a notebook of format 4; each cell has a name of its own.

    Raises:
        NotebookError: for a file that is no notebook.
    """
    try:
        raw = json.loads(Path(path).read_text(encoding="utf-8"))
        if raw["nbformat"] == 4:
            name_cells(raw["cells"])
            raw["nbformat_minor"] = 5  # from here on cells have names
        return nbformat.reads(json.dumps(raw), as_version=4)
    except Exception as error:
        raise NotebookError(f"{path}: expected a notebook (JSON). Received: {type(error).__name__}: {error}") from error


def name_cells(cells):
    """Names the cells that have no name, as in old notebooks, or that of another: the same on every machine."""
    names = set()
    for number, cell in enumerate(cells, 1):
        if cell.get("id") in names | {None}:
            text = f"{number}\n{''.join(cell['source'])}"
            cell["id"] = hashlib.sha256(text.encode()).hexdigest()[:8]
        names.add(cell["id"])


def execute(notebook, path):
    """Runs a notebook from top to bottom in a fresh kernel, in its own folder; the outputs go into `notebook`.

    Args:
        notebook: a notebook; changed.
        path: where it stands, for its working folder and for messages.

    Raises:
        NotebookError: if a cell raises, takes too long or ends the kernel, or if no kernel starts.
    """
    begun = [0]
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(Path(path).resolve().parent)}},
        record_timing=False,
        on_cell_start=lambda cell, cell_index: begun.append(cell_index + 1),
        # TensorFlow's start-up lines come from C++ and carry times and process numbers. Jupyter would copy them from
        # the process into the cell; nbval's kernels do not either. Warnings of Python still reach the cell.
        extra_arguments=["--IPKernelApp.capture_fd_output=False"],
    )
    try:
        client.execute(env=kernel_environment())
    except CellExecutionError as error:
        expected = "it has to run without an error."
        raise complaint(path, begun[-1], expected, f"{error.ename}: {error.evalue}") from error
    except (RuntimeError, TimeoutError, NoSuchKernel) as error:
        expected = "it has to run to its end, in ten minutes at most, in a kernel that lives."
        raise complaint(path, begun[-1], expected, f"{type(error).__name__}: {error}") from error


def save(notebook, path):
    """Writes a notebook if its text differs from the file's, whole or not at all.

    A link stays a link, and the file keeps who may read it.

    Returns:
        True if the file was written.

    Raises:
        NotebookError: where it can not be written.
    """
    text = nbformat.writes(notebook) + "\n"
    target = Path(path).resolve()
    temporary = target.with_suffix(".ipynb.tmp")
    try:
        if target.exists() and target.read_text(encoding="utf-8") == text:
            return False
        try:
            temporary.write_text(text, encoding="utf-8", newline="\n")
            if target.exists():
                shutil.copymode(target, temporary)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise NotebookError(f"{path}: expected a file that can be written. Received: {error}") from error
    return True
