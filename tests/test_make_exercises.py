"""How exercises are made: what the markers do, which are refused, and that nothing is half written."""

import json

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import clean_notebooks, make_exercises
from tools.make_exercises import make
from tools.markers import looks_like_one, strip
from tools.notebooks import NotebookError

CODE = """def f(x):
    # BEGIN SOLUTION: return ...
    y = x + 1
    # Why: because.
    return y
    # END SOLUTION


# BEGIN SOLUTION
n = 3
# END SOLUTION"""

TEXT = """Before.

<!-- BEGIN SOLUTION: *Write here.* -->
Secret.
<!-- END SOLUTION -->

<!-- BEGIN SOLUTION -->
Also secret.

In two paragraphs.
<!-- END SOLUTION -->

After."""


def test_code_gets_a_placeholder_with_its_indentation():
    stripped, found = strip(CODE, "code")
    assert stripped == "def f(x):\n    return ...  # your answer\n\n\n...  # your answer"
    assert found == 2


def test_text_gets_the_words_after_the_colon_or_nothing():
    assert strip(TEXT, "markdown") == ("Before.\n\n*Write here.*\n\nAfter.", 2)


# Control characters and separators that end a line for str.splitlines, but not for Python, may stand in a string.
line = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), max_size=12).filter(
    lambda text: not looks_like_one(text) and '""' not in text and "''" not in text
)


@given(before=st.lists(line), inside=st.lists(line, min_size=1), after=st.lists(line), indent=st.integers(0, 3))
def test_what_is_outside_stays_and_what_is_inside_goes(before, inside, after, indent):
    space = " " * 4 * indent
    inside = [space + "answer_" + text for text in inside]
    before, after = ["first", *before], [*after, "last"]
    marked = [*before, f"{space}# BEGIN SOLUTION", *inside, f"{space}# END SOLUTION", *after]
    stripped, found = strip("\n".join(marked), "code")
    assert stripped.split("\n") == [*before, f"{space}...  # your answer", *after]
    assert found == 1


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        ("# BEGIN SOLUTION\n1", "code", "BEGIN SOLUTION needs an END SOLUTION after it. Received: # BEGIN SOLUTION"),
        ("1\n# END SOLUTION", "code", "END SOLUTION needs a BEGIN SOLUTION before it."),
        (
            "# BEGIN SOLUTION\n# BEGIN SOLUTION: x\n1\n# END SOLUTION",
            "code",
            "inside each other. Received: # BEGIN SOLUTION: x",
        ),
        ("# BEGIN SOLUTION\n\n# END SOLUTION", "code", "Received: nothing"),
        ("# BEGIN SOLUTION\n1\n# END SOLUTION: x", "code", "stands after BEGIN SOLUTION"),
        ("# begin solution\n1\n# END SOLUTION", "code", "is written # BEGIN SOLUTION, on a line of its own"),
        ("#BEGIN SOLUTION\n1\n#END SOLUTION", "code", "Received: #BEGIN SOLUTION"),
        ("x = 1  # BEGIN SOLUTION", "code", "on a line of its own"),
        ("# BEGIN SOLUTION x = ...\n1\n# END SOLUTION", "code", "Received: # BEGIN SOLUTION x = ..."),
        ("# BEGIN SOLUTION\nSecret\n# END SOLUTION", "markdown", "is written <!-- BEGIN SOLUTION -->"),
        ("<!-- BEGIN SOLUTION -->\nSecret", "markdown", "needs an END SOLUTION"),
        (
            'x = """\n# BEGIN SOLUTION\n1\n# END SOLUTION\n"""',
            "code",
            "not part of a string. Received: # BEGIN SOLUTION",
        ),
        ("# BEGIN SOLUTION\nx = f'''{1}\n# END SOLUTION\n'''", "code", "string. Received: # END SOLUTION"),
        ("# BEGIN SOLUTION\nSecret\n# END SOLUTION", "raw", "a raw cell has no markers"),
        ("<!-- BEGIN SOLUTION -->\nSecret\n<!-- END SOLUTION -->", "raw", "Received: <!-- BEGIN SOLUTION -->"),
    ],
)
def test_bad_markers_are_refused_with_notebook_and_cell(source, kind, words):
    with pytest.raises(NotebookError) as refused:
        strip(source, kind, "solutions/07.ipynb", 5)
    assert str(refused.value).startswith("solutions/07.ipynb, cell 5: ")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "# BEGIN_SOLUTION",
            "# BEGIN-SOLUTION",
            "# SOLUTION BEGIN",
            "# BEGINSOLUTION",
            "# BeginSolution",
            "# Begin Solution",
        ),
        *("# END_SOLUTION", "# SOLUTION END", "# END OF SOLUTION", "# end of the solution", "# solutionEnd"),
        *("### BEGIN SOLUTION", "# BEGIN SOLUTIONS", "# BEGIN SOLUTON", "# BEGN SOLUTION", "# BEGIN SOULTION"),
        *(
            "# START SOLUTION",
            "# STOP SOLUTION",
            "# SOLUTION",
            "x = 3  # SOLUTION",
            "# begin answer",
            "# Answer ends: 3",
        ),
        *(
            "\t# BEGIN SOLUTION",
            "# BEGIN\u00a0SOLUTION",
            "# BEGIN SOLUTION\u2028",
            "# BEGIN SOLUTION:",
            "# begin solution: x",
        ),
        *(
            "# BEGIN  SOLUTION",
            "#  BEGIN SOLUTION",
            "# BEGIN SOLUTION :x",
            "<!--BEGIN SOLUTION-->",
            "<!-- END_SOLUTION -->",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["code", "markdown", "raw"])
def test_what_looks_like_a_marker_and_is_none_is_refused(line, kind):
    with pytest.raises(NotebookError, match="Received: "):
        strip(f"n = 1\n{line}\nn = 2", kind)


@pytest.mark.parametrize(
    "line",
    [
        *("In the end, the solution is a net.", "The solution ends where the data end.", "# the solution of y = x"),
        *("solution = np.linalg.solve(A, b)", "# Begin with the smallest answer you can think of.", "end = start + 1"),
        *(
            "start, stop = 0, 1",
            "# From start to end: a straight line.",
            "Your answer:",
            "# your answer",
            "## The answer",
        ),
        *("[solutions](../solutions/01.ipynb)", "answers.append(start)", "print(end)", "# end"),
    ],
)
def test_what_a_text_says_of_solutions_is_no_marker(line):
    for kind in ("code", "markdown", "raw"):
        assert strip(line, kind) == (line, 0)


@pytest.mark.parametrize(
    "tag", ["Solution", "SOLUTION", "solutions", "solution ", "soluton", "answer", "solution-cell"]
)
def test_a_tag_that_may_have_been_meant_is_refused(tag):
    with pytest.raises(NotebookError, match=rf"a\.ipynb, cell 2: the tag .* is written solution\. Received: '{tag}'"):
        make(solution(new_code_cell("3", metadata={"tags": [tag]})), "a.ipynb")


def test_a_form_feed_and_a_line_separator_stay_in_the_code():
    text = 'a = "x\u2028y\x0cz\x85"\n# BEGIN SOLUTION\nb = "\u2028"\n# END SOLUTION\nc = "\x1c"'
    assert strip(text, "code") == ('a = "x\u2028y\x0cz\x85"\n...  # your answer\nc = "\x1c"', 1)


def test_a_cell_of_magic_has_markers_too():
    text = "%%time\n# BEGIN SOLUTION\nn = 3\n# END SOLUTION\n!ls"
    assert strip(text, "code") == ("%%time\n...  # your answer\n!ls", 1)
    assert strip("%matplotlib inline\n# BEGIN SOLUTION\nn = 3\n# END SOLUTION", "code")[1] == 1


def solution(*cells):
    return new_notebook(cells=[new_markdown_cell("# Solutions 99: a test"), *cells])


def test_cells_with_the_tag_go_and_the_others_keep_their_names():
    cells = [
        new_code_cell("print(1)", execution_count=1, outputs=[new_output("stream", text="1")]),
        new_code_cell("2", metadata={"tags": ["solution"]}),
        new_markdown_cell("a", metadata={"tags": ["x"]}),
    ]
    made = make(solution(*cells), "a.ipynb")
    assert [cell.source for cell in made.cells] == ["# Exercises 99: a test", "print(1)", "a"]
    assert [cell.id for cell in made.cells[1:]] == [cells[0].id, cells[2].id]
    assert made.cells[1].outputs == []
    assert made.cells[1].execution_count is None


def test_a_solution_without_any_answer_and_one_without_title_are_refused():
    with pytest.raises(NotebookError, match=r"a\.ipynb: expected # BEGIN SOLUTION .* Received: 2 cells without any"):
        make(solution(new_code_cell("1")), "a.ipynb")
    with pytest.raises(NotebookError, match=r'begins with "# Solutions NN:"\. Received: # Answers'):
        make(new_notebook(cells=[new_markdown_cell("# Answers")]), "a.ipynb")


@pytest.fixture
def course(tmp_path):
    """A course with one solution; gives the paths of the solution and of the exercise to come."""
    source = tmp_path / "solutions" / "99_test.ipynb"
    source.parent.mkdir()
    notebook = solution(new_code_cell("# BEGIN SOLUTION: n = ...\nn = 3\n# END SOLUTION"), new_code_cell("print(n)"))
    nbformat.write(notebook, source)
    return source, tmp_path / "exercises" / "99_test.ipynb"


def test_an_exercise_is_made_once_checked_and_made_again_when_its_source_changes(course, capsys):
    source, target = course
    assert make_exercises.main(["--check", str(source)]) == 1
    assert not target.exists()
    assert make_exercises.main([str(source)]) == 0
    made = nbformat.read(target, as_version=4)
    assert made.cells[1].source == "n = ...  # your answer"
    assert made.cells[2].outputs[0].text == "Ellipsis\n"
    assert [cell.get("execution_count") for cell in made.cells] == [None, 1, 2]
    assert clean_notebooks.main(["--check", str(target)]) == 0

    stamp = target.stat().st_mtime_ns
    assert make_exercises.main([str(source)]) == 0
    assert make_exercises.main(["--check", str(source)]) == 0
    assert make_exercises.main(["--execute", str(source)]) == 0
    assert target.stat().st_mtime_ns == stamp

    target.write_text(target.read_text().replace("print(n)", "print(n, n)"))
    assert make_exercises.main(["--check", str(source)]) == 1
    assert "expected what" in capsys.readouterr().err
    assert make_exercises.main([str(source)]) == 0
    assert "print(n, n)" not in target.read_text()


def test_an_exercise_that_does_not_run_is_not_written(course, capsys):
    source, target = course
    notebook = nbformat.read(source, as_version=4)
    notebook.cells[2].source = "print(n + 1)"
    nbformat.write(notebook, source)
    assert make_exercises.main([str(source)]) == 1
    assert "99_test.ipynb, cell 3: it has to run without an error. Received: TypeError" in capsys.readouterr().err
    assert not target.exists()


def test_a_kernel_that_dies_does_not_hide_what_else_is_wrong(course, capsys):
    source, target = course
    (source.parent / "97_first.ipynb").write_text("no notebook")
    last = source.parent / "99_zz.ipynb"
    last.write_text(source.read_text())
    notebook = nbformat.read(source, as_version=4)
    notebook.cells[2].source = "import os\nos._exit(1)"
    nbformat.write(notebook, source)
    assert make_exercises.main([str(source.parent)]) == 1
    said = capsys.readouterr().err
    assert "97_first.ipynb: expected a notebook (JSON)." in said
    assert "99_test.ipynb, cell 3: it has to run to its end" in said
    assert "DeadKernelError" in said
    assert not target.exists()
    assert (target.parent / last.name).exists()


@pytest.mark.parametrize("minor", [4, 5])
def test_a_solution_whose_cells_have_no_name_or_one_twice_is_not_stale_for_ever(course, minor):
    source, _ = course
    for spoil in (lambda cell: cell.pop("id", None), lambda cell: cell.update(id="twice")):
        raw = json.loads(source.read_text())
        raw["nbformat_minor"] = minor
        for cell in raw["cells"]:
            spoil(cell)
        source.write_text(json.dumps(raw))
        assert make_exercises.main([str(source)]) == 0
        assert make_exercises.main(["--check", str(source)]) == 0


def test_a_solution_that_is_not_there_and_a_folder_that_can_not_be_written(course, capsys):
    source, target = course
    assert make_exercises.main(["nothere.ipynb"]) == 1
    assert "Expected notebooks or folders. Received: nothere.ipynb" in capsys.readouterr().err
    target.parent.write_text("a file in its place")
    assert make_exercises.main([str(source)]) == 1
    assert "exercises" in capsys.readouterr().err


def test_an_exercise_without_a_solution_is_found(course):
    source, target = course
    target.parent.mkdir()
    target.touch()
    (target.parent / "98_by_hand.ipynb").touch()
    assert make_exercises.orphans(source.parents[1]) == [target.parent / "98_by_hand.ipynb"]
