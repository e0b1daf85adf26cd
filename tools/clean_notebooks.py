"""Makes notebooks ready for the repository: executed from top to bottom, text outputs kept, pixels dropped.

    python -m tools.clean_notebooks [--execute] [paths...]     cleans, and rewrites what has changed
    python -m tools.clean_notebooks --check [paths...]         changes nothing, fails if something is not clean

Without paths: intro.ipynb and every notebook of lessons/, solutions/ and exercises/. Outputs are what nbval compares
later, so everything goes that nbval does not compare (PNG and JPEG pictures, widget views), and everything is refused
that would differ on another machine or does not belong on a page: errors, warnings, memory addresses, SVG pictures.
"""

import argparse
import hashlib
import os
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("lessons", "solutions", "exercises")

#: What nbval skips when it compares; everything else in an output is compared, so it stays.
DROPPED = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}

KERNELSPEC = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {  # without the version: it differs between readers
    "codemirror_mode": {"name": "ipython", "version": 3},
    "file_extension": ".py",
    "mimetype": "text/x-python",
    "name": "python",
    "nbconvert_exporter": "python",
    "pygments_lexer": "ipython3",
}
KEPT_OF_A_CELL = {"tags", "mystnb", "jupyter", "editable", "deletable"}
KEPT_OF_A_NOTEBOOK = {"mystnb"}


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
    """Reads a notebook of format 4.

    Raises:
        NotebookError: for a file that is no notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise NotebookError(f"{path}: expected a notebook (JSON). Received: {error}") from error


def execute(notebook, path):
    """Runs a notebook from top to bottom in a fresh kernel, in its own folder; the outputs go into `notebook`.

    Args:
        notebook: a notebook; changed.
        path: where it stands, for its working folder and for messages.

    Raises:
        NotebookError: if a cell raises.
    """
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(Path(path).resolve().parent)}},
        record_timing=False,
        # TensorFlow's start-up lines come from C++ and carry times and process numbers. Jupyter would copy them from
        # the process into the cell; nbval's kernels do not either. Warnings of Python still reach the cell.
        extra_arguments=["--IPKernelApp.capture_fd_output=False"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        number = 1 + next(i for i, cell in enumerate(notebook.cells) if errors_of(cell))
        raise complaint(path, number, "it has to run without an error.", f"{error.ename}: {error.evalue}") from error


def errors_of(cell):
    """Lists the error outputs of a cell."""
    return [output for output in cell.get("outputs", []) if output.output_type == "error"]


def tidy(notebook):
    """Brings everything but the outputs into the course's form, in place: metadata, names of cells, no empty cell."""
    notebook.metadata = nbformat.from_dict(
        {key: value for key, value in notebook.metadata.items() if key in KEPT_OF_A_NOTEBOOK}
        | {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    for number, cell in enumerate(notebook.cells, 1):
        cell.metadata = nbformat.from_dict({k: v for k, v in sorted(cell.metadata.items()) if k in KEPT_OF_A_CELL})
        if "id" not in cell:  # an old notebook; the name that the cell gets is the same on every machine
            cell.id = hashlib.sha256(f"{number}\n{cell.source}".encode()).hexdigest()[:8]


def clean(notebook, path):
    """Cleans a notebook in place.

    Args:
        notebook: a notebook of format 4; changed.
        path: where it stands, for messages.

    Raises:
        NotebookError: for what cleaning can not mend: a notebook that was not run from top to bottom, an error, a
            warning, a memory address, an SVG picture.
    """
    tidy(notebook)
    count = 0
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            count += 1
            cell.outputs = [output for output in map(without_pixels, joined(cell.outputs)) if output]
            refuse(path, number, cell, count)


def joined(outputs):
    """Joins streams of the same name that follow each other: where they break is a matter of time."""
    result = []
    for output in outputs:
        if output.output_type == "stream" and result and result[-1].get("name") == output.name:
            result[-1].text += output.text
        else:
            result.append(output)
    return result


def without_pixels(output):
    """Drops what nbval does not compare; gives None where nothing stays."""
    if "data" in output:
        output.data = nbformat.from_dict({k: v for k, v in output.data.items() if k not in DROPPED})
        output.metadata = nbformat.from_dict({k: v for k, v in output.metadata.items() if k in output.data})
        if not output.data:
            return None
    return output


def refuse(path, number, cell, count):
    """Raises a `NotebookError` for what cleaning can not mend."""
    expected = "the notebook has to be run from top to bottom, in a fresh kernel (--execute does it)."
    if cell.execution_count != count:
        raise complaint(path, number, expected, f"execution count {cell.execution_count} in place of {count}")
    if cell.source.rstrip().endswith(";"):
        expected = "nbval's kernel shows the value of a last line also if a semicolon follows it: write _ = ..."
        raise complaint(path, number, expected, cell.source.splitlines()[-1])
    for output in cell.outputs:
        data = output.get("data", {})
        text = output.get("text", "") + data.get("text/plain", "") + data.get("text/html", "")
        if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
            raise complaint(path, number, "it has to run without an error.", f"{output.ename}: {output.evalue}")
        if output.get("name") == "stderr":
            raise complaint(path, number, "a page has no room for warnings.", output.text.strip()[:200])
        if "image/svg+xml" in data:
            raise complaint(path, number, "nbval compares SVG letter by letter: show a PNG picture.", "image/svg+xml")
        if address := re.search(r"<[^<>\n]* at 0x[0-9a-fA-F]+[^<>\n]*>", text):
            expected = "a memory address is new in every run: give the object a name (_ = ...)."
            raise complaint(path, number, expected, address.group())


def save(notebook, path):
    """Writes a notebook if its text differs from the file's, whole or not at all.

    Returns:
        True if the file was written.
    """
    text = nbformat.writes(notebook) + "\n"
    path = Path(path)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    temporary = path.with_suffix(".ipynb.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def main(arguments=None):
    """Runs the command line; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.clean_notebooks", description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", help="notebooks or folders; default: the whole course")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--execute", action="store_true", help="run each notebook first, in a fresh kernel")
    what.add_argument("--check", action="store_true", help="change nothing, fail if something is not clean")
    options = parser.parse_args(arguments)
    failed = False
    for path in notebooks(options.paths):
        try:
            notebook = read(path)
            if options.execute:
                print(f"{path}: running", flush=True)
                execute(notebook, path)
            clean(notebook, path)
            if options.check and nbformat.writes(notebook) + "\n" != path.read_text(encoding="utf-8"):
                raise NotebookError(f"{path}: expected a clean notebook (python -m tools.clean_notebooks cleans it).")
            changed = not options.check and save(notebook, path)
            print(f"{path}: {'written' if changed else 'clean'}", flush=True)
        except NotebookError as error:
            failed = True
            print(error, file=sys.stderr)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
