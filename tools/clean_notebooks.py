"""Makes notebooks ready for the repository: executed from top to bottom, text outputs kept, pixels dropped.

    python -m tools.clean_notebooks [--execute] [paths...]     cleans, and rewrites what has changed
    python -m tools.clean_notebooks --check [paths...]         changes nothing, fails if something is not clean

Without paths: intro.ipynb and every notebook of lessons/, solutions/ and exercises/. Outputs are what nbval compares
later, so everything goes that nbval does not compare (PNG and JPEG pictures, widget views), and everything is refused
that would differ on another machine or does not belong on a page: errors, warnings, memory addresses, SVG pictures.
"""

import argparse
import html
import re
import sys

import nbformat

from tools.notebooks import NotebookError, complaint, execute, name_cells, notebooks, read, save

#: What nbval skips when it compares; everything else in an output is compared, so it stays.
DROPPED = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}

ADDRESS = re.compile(r"<[^<>\n]* at 0x[0-9a-fA-F]+[^<>\n]*>|\bat 0x[0-9a-fA-F]{8,}\b")

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


def tidy(notebook):
    """Brings everything but the outputs into the course's form, in place: metadata, names of cells, no empty cell."""
    notebook.metadata = nbformat.from_dict(
        {key: value for key, value in notebook.metadata.items() if key in KEPT_OF_A_NOTEBOOK}
        | {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.cells = [cell for cell in notebook.cells if cell.source.strip()]
    name_cells(notebook.cells)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in sorted(cell.metadata.items()) if k in KEPT_OF_A_CELL})


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
    tags = cell.metadata.get("tags", [])
    if "skip-execution" in tags:
        raise complaint(path, number, "every cell is run, and compared: this tag keeps it from that.", "skip-execution")
    if cell.execution_count != count:
        raise complaint(path, number, expected, f"execution count {cell.execution_count} in place of {count}")
    if cell.source.rstrip().endswith(";"):
        expected = "nbval's kernel shows the value of a last line also if a semicolon follows it: write _ = ..."
        raise complaint(path, number, expected, cell.source.rstrip().rpartition("\n")[2])
    for output in cell.outputs:
        data = output.get("data", {})
        text = html.unescape("\n".join([output.get("text", ""), *map(str, data.values())]))
        if output.output_type == "error" and "raises-exception" not in tags:
            raise complaint(path, number, "it has to run without an error.", f"{output.ename}: {output.evalue}")
        if output.get("name") == "stderr":
            raise complaint(path, number, "a page has no room for warnings.", output.text.strip()[:200])
        if "image/svg+xml" in data:
            raise complaint(path, number, "nbval compares SVG letter by letter: show a PNG picture.", "image/svg+xml")
        if address := ADDRESS.search(text):
            expected = "a memory address is new in every run: give the object a name (_ = ...)."
            raise complaint(path, number, expected, address.group())


def main(arguments=None):
    """Runs the command line; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.clean_notebooks", description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", help="notebooks or folders; default: the whole course")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--execute", action="store_true", help="run each notebook first, in a fresh kernel")
    what.add_argument("--check", action="store_true", help="change nothing, fail if something is not clean")
    options = parser.parse_args(arguments)
    failed = False
    try:
        found = notebooks(options.paths)
    except NotebookError as error:
        print(error, file=sys.stderr)
        return 1
    for path in found:
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
