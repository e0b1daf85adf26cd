"""How notebooks are cleaned: what is dropped, what is refused, and that nothing is half written."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools import clean_notebooks
from tools import notebooks as files
from tools.clean_notebooks import clean
from tools.notebooks import NotebookError, execute, notebooks, save

PNG, SVG, WIDGET = "image/png", "image/svg+xml", "application/vnd.jupyter.widget-view+json"


def run_cell(source, count, outputs=(), **metadata):
    return new_code_cell(source, execution_count=count, outputs=list(outputs), metadata=metadata)


def shown(**data):
    return new_output("display_data", {key.replace("_", "/"): value for key, value in data.items()})


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def notebook_with(*outputs, source="1"):
    return new_notebook(cells=[run_cell(source, 1, outputs)])


def outputs_after_cleaning(*outputs):
    notebook = notebook_with(*outputs)
    clean(notebook, "a.ipynb")
    return notebook.cells[0].outputs


def test_pixels_go_and_text_stays():
    picture = new_output("display_data", {PNG: "iVBOR", "text/plain": "<Figure>"}, metadata={PNG: {"width": 3}})
    (output,) = outputs_after_cleaning(picture)
    assert output.data == {"text/plain": "<Figure>"}
    assert output.metadata == {}


def test_a_widget_s_view_goes_with_its_state_and_its_reading_stays():
    view = new_output("display_data", {WIDGET: {"model_id": "1"}, "text/plain": "4 ReLUs", "text/html": "<p>4</p>"})
    notebook = notebook_with(view, new_output("display_data", {WIDGET: {"model_id": "2"}}))
    notebook.metadata.widgets = {"state": {}}
    clean(notebook, "a.ipynb")
    (output,) = notebook.cells[0].outputs
    assert set(output.data) == {"text/plain", "text/html"}
    assert "widgets" not in notebook.metadata


def test_streams_are_joined_where_they_follow_each_other():
    outputs = outputs_after_cleaning(stream("a"), stream("b\n"), shown(text_plain="picture"), stream("c"))
    assert [output.get("text") for output in outputs] == ["ab\n", None, "c"]


def test_metadata_are_those_of_the_course():
    cell = run_cell("1", 1, tags=["hide-input"], execution={"iopub.status.busy": "2024"}, collapsed=True)
    notebook = new_notebook(
        cells=[cell], metadata={"language_info": {"name": "python", "version": "3.11.2"}, "toc": {}}
    )
    clean(notebook, "a.ipynb")
    assert notebook.cells[0].metadata == {"tags": ["hide-input"]}
    assert notebook.metadata.kernelspec.name == "python3"
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert "version" not in notebook.metadata.language_info
    nbformat.validate(notebook)


def test_cells_keep_their_names_and_those_without_get_the_same_on_every_machine():
    def cleaned(names):
        notebook = new_notebook(
            cells=[new_markdown_cell("a"), run_cell("1", 1), new_markdown_cell("a"), run_cell("", None)]
        )
        for cell, name in zip(notebook.cells, names, strict=True):
            cell.pop("id") if name is None else cell.update(id=name)
        clean(notebook, "a.ipynb")
        nbformat.validate(notebook)
        return [cell.id for cell in notebook.cells]

    assert cleaned(["one", "two", "three", "empty"]) == ["one", "two", "three"]
    assert cleaned([None] * 4) == cleaned([None] * 4)
    assert len(set(cleaned([None] * 4))) == 3


def test_cleaning_twice_changes_nothing_more():
    notebook = notebook_with(stream("a"), stream("b"), shown(text_plain="x", image_png="y"))
    clean(notebook, "a.ipynb")
    once = nbformat.writes(notebook)
    clean(notebook, "a.ipynb")
    assert nbformat.writes(notebook) == once


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([run_cell("1", None)], "cell 1: the notebook has to be run from top to bottom"),
        ([run_cell("1", 2)], "Received: execution count 2 in place of 1"),
        ([new_markdown_cell("a"), run_cell("1", 1), run_cell("1", 3)], "cell 3: the notebook has to be run"),
        (
            [run_cell("1", 1, [stream("UserWarning: old", "stderr")])],
            "no room for warnings. Received: UserWarning: old",
        ),
        ([run_cell("1", 1, [new_output("error", ename="E", evalue="bad", traceback=[])])], "Received: E: bad"),
        ([run_cell("1", 1, [new_output("display_data", {SVG: "<svg/>"})])], "Received: image/svg+xml"),
        ([run_cell("1", 1, [shown(text_plain="[<Line2D at 0x7f00>]")])], "Received: <Line2D at 0x7f00>"),
        ([run_cell("1", 1, [shown(text_html="<b><function f at 0x7f00></b>")])], "Received: <function f at 0x7f00>"),
        ([run_cell("1", 1, [stream("<object object at 0x7f00>\n")])], "Received: <object object at 0x7f00>"),
        ([run_cell("1", 1, [shown(text_html="&lt;Line2D at 0x7f00&gt;")])], "Received: <Line2D at 0x7f00>"),
        ([run_cell("1", 1, [shown(text_html="&lt;<b>f</b> at 0x7f0012345678&gt;")])], "Received: at 0x7f0012345678"),
        ([run_cell("1", 1, [shown(text_markdown="`<function f at 0x7f00>`")])], "Received: <function f at 0x7f00>"),
        ([run_cell("1;", 1)], "semicolon"),
        ([run_cell("1", None, tags=["skip-execution"])], "this tag keeps it from that. Received: skip-execution"),
    ],
)
def test_what_cleaning_can_not_mend_is_refused(cells, words):
    with pytest.raises(NotebookError) as refused:
        clean(new_notebook(cells=cells), "a.ipynb")
    assert str(refused.value).startswith("a.ipynb, cell ")
    assert words in str(refused.value)


def test_an_error_that_a_lesson_shows_on_purpose_is_kept():
    error = new_output("error", ename="E", evalue="bad", traceback=[])
    clean(new_notebook(cells=[run_cell("1", 1, [error], tags=["raises-exception"])]), "a.ipynb")


def test_a_warning_while_running_is_found(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("import warnings\nprint('a')\nwarnings.warn('old')")])
    execute(notebook, tmp_path / "a.ipynb")
    with pytest.raises(NotebookError, match=r"(?s)cell 1: a page has no room for warnings\. .*UserWarning: old"):
        clean(notebook, "a.ipynb")


def test_a_notebook_is_run_in_its_folder_and_an_error_names_the_cell(tmp_path):
    (tmp_path / "here.txt").write_text("found")
    cells = [new_markdown_cell("# A"), new_code_cell("print(open('here.txt').read())"), new_code_cell("1 / 0")]
    notebook = new_notebook(cells=cells)
    with pytest.raises(NotebookError, match=r"a\.ipynb, cell 3: .* Received: ZeroDivisionError: division by zero"):
        execute(notebook, tmp_path / "a.ipynb")
    assert notebook.cells[1].outputs[0].text == "found\n"


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.ipynb"
    assert save(notebook_with(stream("a")), path)
    before = path.read_text()
    changed = nbformat.reads(before, as_version=4)
    assert not save(changed, path)
    changed.cells[0].source = "2"

    def full_disk(*_):
        raise OSError("no space left")

    monkeypatch.setattr(files.os, "replace", full_disk)
    with pytest.raises(NotebookError, match=r"a\.ipynb: expected a file that can be written\. Received: no space left"):
        save(changed, path)
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_a_link_and_a_private_file_private(tmp_path):
    private, link = tmp_path / "a.ipynb", tmp_path / "link.ipynb"
    save(notebook_with(stream("a")), private)
    private.chmod(0o600)
    link.symlink_to(private)
    assert save(notebook_with(stream("b")), link)
    assert link.is_symlink()
    assert private.stat().st_mode & 0o777 == 0o600
    assert nbformat.read(private, as_version=4).cells[0].outputs[0].text == "b"
    assert sorted(tmp_path.iterdir()) == [private, link]


def test_what_ends_a_kernel_and_an_error_after_one_that_is_shown_on_purpose_name_their_cells(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("1"), new_code_cell("import os\nos._exit(1)")])
    with pytest.raises(NotebookError, match=r"a\.ipynb, cell 2: it has to run to its end.* Received: DeadKernelError"):
        execute(notebook, tmp_path / "a.ipynb")
    on_purpose = new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]})
    with pytest.raises(NotebookError, match=r"a\.ipynb, cell 2: .* Received: NameError"):
        execute(new_notebook(cells=[on_purpose, new_code_cell("unknown")]), tmp_path / "a.ipynb")


def test_the_command_says_what_is_not_there_and_what_can_not_be_written(tmp_path, capsys, monkeypatch):
    assert clean_notebooks.main(["nothere.ipynb"]) == 1
    assert "Expected notebooks or folders. Received: nothere.ipynb" in capsys.readouterr().err
    path = tmp_path / "a.ipynb"
    nbformat.write(notebook_with(shown(text_plain="x", image_png="y")), path)

    def read_only(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files.os, "replace", read_only)
    assert clean_notebooks.main([str(path)]) == 1
    assert (
        "a.ipynb: expected a file that can be written. Received: [Errno 13] Permission denied"
        in capsys.readouterr().err
    )


def test_the_command_cleans_then_finds_nothing_to_do_and_check_changes_nothing(tmp_path, capsys):
    path, bad = tmp_path / "a.ipynb", tmp_path / "b.ipynb"
    nbformat.write(notebook_with(shown(text_plain="x", image_png="y")), path)
    before = path.read_text()
    assert clean_notebooks.main(["--check", str(path)]) == 1
    assert "expected a clean notebook" in capsys.readouterr().err
    assert path.read_text() == before
    assert clean_notebooks.main([str(tmp_path)]) == 0
    assert clean_notebooks.main(["--check", str(path)]) == 0
    assert PNG not in path.read_text()
    bad.write_text("no notebook")
    assert clean_notebooks.main([str(tmp_path)]) == 1
    assert "b.ipynb: expected a notebook (JSON). Received:" in capsys.readouterr().err


def test_a_path_that_is_no_notebook_is_refused(tmp_path):
    with pytest.raises(NotebookError, match=r"Expected notebooks or folders\. Received: .*nowhere"):
        notebooks([tmp_path / "nowhere"])
