"""What the suite shares: a notebook that the book has just run is compared and not run again; costs are told."""

import os
import subprocess
import sys
import time
from unittest import mock

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbval.plugin import IPyNbFile, NbCellError

from benchmarks.chapters import chapter_of
from tests import built_book, suite
from tests.suite import ROOT, Suite, compare, piece_of_work, place
from utils.book.records import Notebook, environment_hash
from utils.files import one_after_the_other

FIGURE = """<figure class="explore" id="f">
<script type="application/json" class="explore-data">{"frames": []}</script></figure>"""


def shown(**data):
    return new_output("display_data", {key.replace("_", "/"): value for key, value in data.items()})


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """Gives a function: outputs kept in the file, outputs of the book's kernel -> path of the notebook."""
    monkeypatch.setattr(built_book, "ROOT", tmp_path)
    path = tmp_path / "lessons" / "77_small.ipynb"
    path.parent.mkdir()

    def make(committed, given, tags=()):
        cell = new_code_cell("f()", execution_count=1, outputs=committed, metadata={"tags": list(tags)})
        nbformat.write(new_notebook(cells=[new_markdown_cell("# A"), cell]), path)
        kept = Notebook("lessons/77_small", path, tmp_path / "_build/.executed/html/lessons/77_small")
        executed = nbformat.read(path, as_version=4)
        executed.cells[1].outputs = given
        kept.keep(executed, {"files": {}, "folders": {}}, environment_hash(), [0.1])
        return path

    return make


def checked(request, path):
    """Has nbval collect the notebook, and compares its only cell with what the book has kept."""
    (item,) = IPyNbFile.from_parent(request.session, path=path).collect()
    compare(item, built_book.recorded_outputs(path, since=0))


PICTURE = {"text_plain": "4 hinges", "image_png": "iVBOR"}


@pytest.mark.parametrize(
    ("committed", "given"),
    [
        ([], []),
        ([stream("a\n")], [stream("a\n")]),
        ([stream("ab")], [stream("a"), stream("b")]),
        ([shown(text_plain="4 hinges")], [shown(**PICTURE, text_html=FIGURE)]),
        ([shown(text_html="<b>4</b>")], [shown(text_html="<b>4</b>")]),
    ],
)
def test_equal_outputs_pass(request, notebook, committed, given):
    checked(request, notebook(committed, given))


@pytest.mark.parametrize(
    ("committed", "given"),
    [
        ([], [stream("a")]),
        ([stream("a")], []),
        ([stream("a")], [stream("b")]),
        ([stream("a")], [stream("a", "stderr")]),
        ([stream("a")], [stream("a"), stream("warning", "stderr")]),
        ([shown(text_plain="4 hinges")], [shown(text_plain="5 hinges", text_html=FIGURE)]),
        ([shown(text_plain="4 hinges")], [shown(image_png="iVBOR", text_html=FIGURE)]),
        ([shown(text_plain="4")], [shown(text_plain="4", text_html="<b>4</b>")]),
        ([shown(text_html="<b>4</b>")], [shown(text_html="<b>5</b>")]),
        ([shown(text_plain="4")], [shown(text_plain="4"), shown(text_plain="4")]),
        ([], [new_output("error", ename="E", evalue="bad", traceback=["E: bad"])]),
    ],
)
def test_every_difference_fails(request, notebook, committed, given):
    path = notebook(committed, given)
    with pytest.raises(NbCellError):
        checked(request, path)


def test_an_error_on_purpose_is_compared_too(request, notebook):
    error, another = ([new_output("error", ename="E", evalue=text, traceback=[])] for text in ("bad", "worse"))
    checked(request, notebook(error, error, tags=["raises-exception"]))
    path = notebook(error, another, tags=["raises-exception"])
    with pytest.raises(NbCellError):
        checked(request, path)


def test_a_cell_that_was_not_run_is_refused(request, notebook):
    path = notebook([stream("a")], [stream("a")])
    text = nbformat.read(path, as_version=4)
    text.cells[1].execution_count = None
    nbformat.write(text, path)
    with pytest.raises(NbCellError, match="Unrun"):
        checked(request, path)


def test_only_what_this_run_has_kept_and_what_is_not_stale_counts(notebook):
    path = notebook([stream("a")], [stream("a")])
    began = time.time() - 5
    assert built_book.recorded_outputs(path, since=began) is not None
    record = built_book.ROOT / "_build/.executed/html/lessons/77_small/record.json"
    os.utime(record, (began - 1, began - 1))
    assert built_book.recorded_outputs(path, since=began) is None
    os.utime(record)
    path.write_text(path.read_text().replace("f()", "g()"))
    assert built_book.recorded_outputs(path, since=began) is None
    record.unlink()
    assert built_book.recorded_outputs(path, since=began) is None


def test_the_readings_and_the_notebooks_stay_together():
    together = ["tests/test_readings.py::b[x/y.py]", "lessons/01_a.ipynb::Cell 3"]
    assert {piece_of_work(nodeid) for nodeid in together} == {"the built book"}
    assert piece_of_work("tests/test_lab.py::a") == "test_lab.py"


def test_the_pages_that_a_file_looks_at_are_shared_out_by_chapter():
    pages = ["lessons/04_a", "solutions/04_a", "exercises/05_a", "lessons/06_a", "intro"]
    pieces = [piece_of_work(f"tests/test_pages.py::b[{page}-http]") for page in pages]
    assert pieces == [f"test_pages.py, {k}" for k in (1, 1, 2, 0, 0)]
    assert piece_of_work("tests/test_fit.py::b[lessons/04_a]") == "test_fit.py, 1"


def test_the_book_is_built_first_and_looked_at_last():
    names = ["test_readings.py", "01_a.ipynb", "test_lab.py", "test_lesson_01.py", "test_explore.py", "test_book.py"]
    assert sorted([names[k] for k in (3, 0, 5, 2, 4, 1)], key=place) == names
    assert place("test_book_kernel.py") < place("test_explore.py") < place("test_pages.py") < place("test_fit.py")


def test_the_book_is_built_once(request, tmp_path, monkeypatch):
    builds = []
    monkeypatch.setattr(suite, "build", lambda: builds.append(1))
    one, another = Suite(request.config), Suite(request.config)
    one.folder = another.folder = tmp_path
    assert one.book() == another.book() == built_book.ROOT / "_build" / "html"
    assert len(builds) == 1


def test_a_build_that_failed_is_tried_again(request, tmp_path, monkeypatch):
    one = Suite(request.config)
    one.folder = tmp_path
    monkeypatch.setattr(suite, "build", mock.Mock(side_effect=[AssertionError("a warning"), None]))
    with pytest.raises(AssertionError, match="a warning"):
        one.book()
    assert one.book().name == "html"


def test_one_process_after_the_other(tmp_path):
    """The second one tries while the first is in, and is let in when the first has left."""
    pytest.importorskip("fcntl", reason="where there is no fcntl (Windows) nobody waits")
    waits = "import sys, pathlib; from utils.files import one_after_the_other as one\n"
    waits += "print('tries', flush=True)\nwith one(pathlib.Path(sys.argv[1])): print('in', flush=True)"
    lock = tmp_path / "lock"
    with one_after_the_other(lock):
        other = subprocess.Popen([sys.executable, "-c", waits, lock], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert other.stdout.readline() == "tries\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=1)
    assert other.communicate(timeout=60)[0] == "in\n"


def test_the_chapter_of_a_file_is_in_its_name():
    names = ["lessons/01_universal.ipynb", "tests/test_lesson_03_nets.py", "tests/test_checks_04.py", "04_reg"]
    assert [chapter_of(name) for name in names] == ["01", "03", "04", "04"]
    assert {chapter_of(name) for name in ("tests/test_house.py", "intro.ipynb", "tests/test_2.py")} == {""}
