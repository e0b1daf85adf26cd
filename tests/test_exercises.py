"""Exercise notebooks: made from their solutions, nothing stale, unsolved they answer, solved they are right."""

import importlib
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools.make_exercises import exercise_of, is_stale, orphans
from tools.notebooks import execute
from utils.checks import Task

ROOT = Path(__file__).resolve().parents[1]
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
each_chapter = pytest.mark.parametrize("path", SOLUTIONS, ids=[path.stem for path in SOLUTIONS])


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def tasks(path):
    """The tasks of the chapter, by name."""
    chapter = importlib.import_module(f"utils.checks.chapter_{path.stem[:2]}")
    return {name: value for name, value in vars(chapter).items() if isinstance(value, Task)}


def feedback(path):
    """Name of the task and the feedback, for each check of a notebook."""
    called = [(re.search(r"^check\.(\w+)\(", cell.source, re.M), cell) for cell in code_cells(path)]
    return [(match[1], cell.outputs[-1].data) for match, cell in called if match]


def test_there_are_exercises_and_each_has_its_source():
    assert SOLUTIONS
    assert orphans() == []


@each_chapter
def test_nothing_is_stale(path):
    assert not is_stale(path, exercise_of(path)), "run make exercises"


@each_chapter
def test_four_to_six_numbered_tasks_each_with_its_reason(path):
    text = "\n\n".join(cell.source for cell in read(path).cells if cell.cell_type == "markdown")
    assert re.match(rf"# Solutions {path.stem[:2]}: \w", text)
    sections = re.split(r"^## (?=Task)", text, flags=re.M)[1:]
    assert [section[: section.index(":")] for section in sections] == [f"Task {n}" for n in range(1, len(sections) + 1)]
    assert 4 <= len(sections) <= 6
    for section in sections:
        assert re.search(r"^\*Why: .+\.\*$", section, re.M), section


@each_chapter
def test_every_task_is_asked_once_in_the_order_of_the_module(path):
    assert [name for name, _ in feedback(path)] == list(tasks(path))
    assert [name for name, _ in feedback(exercise_of(path))] == list(tasks(path))


@each_chapter
def test_unsolved_every_check_says_what_to_do(path):
    for name, data in feedback(exercise_of(path)):
        assert data["text/plain"] == f"○ {name}: not answered yet.\n{tasks(path)[name].todo}"
        assert 'role="status"' in "".join(data["text/html"])


@each_chapter
def test_solved_every_check_says_right(path):
    for name, data in feedback(path):
        assert data["text/plain"].startswith(f"✓ {name}: right.\n")


@each_chapter
def test_the_student_sees_where_to_type_and_no_solution(path):
    exercise, solution = exercise_of(path), path.read_text(encoding="utf-8")
    assert "SOLUTION" not in exercise.read_text(encoding="utf-8")
    between_checks = re.split(r"^check\.\w+\(", "\n".join(cell.source for cell in code_cells(exercise)), flags=re.M)
    assert all("...  # your answer" in source for source in between_checks[:-1])
    answers = re.findall(r"# BEGIN SOLUTION.*?\\n\",(.*?)# END SOLUTION", solution, re.S)
    lines = {line.strip().strip('",').removesuffix("\\n").strip() for answer in answers for line in answer.splitlines()}
    shown = exercise.read_text(encoding="utf-8")
    assert [line for line in lines if len(line) > 12 and line in shown] == []


@each_chapter
def test_at_least_one_task_trains_a_net_with_plain_keras(path):
    source = "\n".join(cell.source for cell in code_cells(path))
    assert "model.compile(" in source
    assert "model.fit(" in source
    assert "set_random_seed" in source


# --- a student in a real kernel ---------------------------------------------------------------------------------------

STUDENT = [
    "import numpy as np\nfrom utils.checks import chapter_01 as check",
    "def helper(x):\n    y = x + 1\n    return y.missing\n\n\ndef triangle(x):\n    return helper(x)",
    "check.triangle(triangle)",
    "triangle = lambda x: np.maximum(0, x)\ncheck.triangle(triangle)\nprint('after')",
    "check.triangle.hint()",
    "check.triangle",
]


def test_a_student_in_a_notebook_sees_what_is_wrong_and_where():
    notebook = new_notebook(cells=[new_code_cell(source) for source in STUDENT])
    execute(notebook, ROOT / "exercises" / "student.ipynb")
    outputs = [cell.outputs for cell in notebook.cells]
    (stopped,), (wrong, after), (hint,), (itself,) = outputs[2:]
    assert stopped.data["text/plain"].splitlines() == [
        "! triangle: your code stopped with an error.",
        "`AttributeError`: 'numpy.ndarray' object has no attribute 'missing'",
        "It was called as `triangle(array of 81)`.",
        "Line 3 of your cell: `return y.missing`",
        "It has no `missing`. Is another variable meant? Print what stands before the dot.",
        "For more help: `check.triangle.hint()`",
    ]
    assert wrong.data["text/plain"].startswith("✗ triangle: not right yet.\nAt x = 0.05 yours gives 0.05, wanted 0.1.")
    assert "<svg" in wrong.data["text/html"]
    assert after.text == "after\n"
    assert hint.data["text/plain"].startswith("→ triangle: hint.\nWalk from left to right")
    assert itself.data["text/plain"].startswith("check.triangle: call it with your answer")
