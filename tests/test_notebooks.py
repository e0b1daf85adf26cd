"""What a committed notebook looks like: run once from top to bottom, text kept, pixels and widget state dropped.

nbval compares outputs, so a notebook without outputs would pass it without being tested. These tests see to that.
"""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("lessons", "exercises", "solutions")
NOTEBOOKS = [ROOT / "intro.ipynb", *sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.ipynb"))]

# Left behind by `make clean-notebooks`: pictures are drawn again in the book build, widget ids are random.
DROPPED = re.compile(r"image/|application/vnd\.jupyter\.widget")
HOME = re.compile(r"(?<![\w.])(/home/|/Users/|/root/|/tmp/|/private/var/|[A-Z]:\\\\?Users)")

each_notebook = pytest.mark.parametrize(
    "path", NOTEBOOKS, ids=[path.relative_to(ROOT).as_posix() for path in NOTEBOOKS]
)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def test_every_lesson_has_its_exercise_and_its_solution():
    stems = {folder: {path.stem for path in (ROOT / folder).glob("*.ipynb")} for folder in FOLDERS}
    assert stems["lessons"], "expected at least one notebook in lessons/"
    assert stems["exercises"] == stems["solutions"] == stems["lessons"]


@each_notebook
def test_is_a_valid_notebook_for_the_kernel_of_this_environment(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"


@each_notebook
def test_every_code_cell_was_run_in_order(path):
    counts = [cell.execution_count for cell in code_cells(read(path))]
    assert counts, "expected code cells"
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_some_text_is_there_to_compare(path):
    kinds = {key for output in outputs(read(path)) for key in output.get("data", {"stdout": output.get("text")})}
    assert kinds & {"text/plain", "stdout"}


@each_notebook
def test_pixels_and_widget_state_are_dropped(path):
    notebook = read(path)
    kept = {key for output in outputs(notebook) for key in output.get("data", {}) if DROPPED.match(key)}
    assert not kept
    assert "widgets" not in notebook.metadata


@each_notebook
def test_no_warning_and_no_error_was_committed(path):
    bad = [o for o in outputs(read(path)) if o.output_type == "error" or o.get("name") == "stderr"]
    assert not bad


@each_notebook
def test_no_path_of_somebody_s_machine(path):
    found = HOME.search(path.read_text(encoding="utf-8"))
    assert found is None, path.read_text(encoding="utf-8")[found.start() - 60 : found.end() + 60]
