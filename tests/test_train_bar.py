"""The bar of a long training: shown to whoever watches, and gone without a trace."""

import nbformat
from nbclient import NotebookClient

from tools.clean_notebooks import without_pixels
from utils.train import bar as bar_module


def test_a_bar_appears_after_a_second_and_only_where_somebody_watches(monkeypatch, capsys):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    clock = iter([0.0, 0.5, 2.0, 3.0, 4.0])
    monkeypatch.setattr(bar_module.time, "perf_counter", lambda: next(clock))
    bar = bar_module.Bar(10, True)
    bar.at(1)
    assert capsys.readouterr().err == ""
    bar.at(2)
    assert "2/10" in capsys.readouterr().err
    bar.close()
    silent = bar_module.Bar(10, None)
    for epoch in range(10):
        silent.at(epoch)
    assert capsys.readouterr().err.strip() == ""


CELL = """
import time
from utils.train.bar import Bar
print("before")
bar = Bar(10, None)
for epoch in (1, 4, 8):
    time.sleep(0.6)
    bar.at(epoch)
bar.close()
print("after")
"""


def run_in_a_kernel():
    """Runs the cell in a kernel; gives the texts of the bar while it ran, and the outputs that stay."""
    shown = []

    class Client(NotebookClient):
        def process_message(self, msg, cell, cell_index):
            if "display_data" in msg["msg_type"]:
                shown.append(msg["content"]["data"].get("text/plain", ""))
            return super().process_message(msg, cell, cell_index)

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    Client(notebook, timeout=120, kernel_name="python3").execute()
    return shown, notebook.cells[0].outputs


def test_a_bar_in_a_notebook_leaves_nothing_behind(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "notebook.ipynb")  # as a Jupyter server does
    shown, outputs = run_in_a_kernel()
    assert [text.split("|")[-1].split()[:1] for text in shown] == [["4/10"], ["8/10"], []]
    assert [output.get("text") for output in outputs] == ["before\n", None, "after\n"]
    assert outputs[1].data == {}, "JupyterLab shows nothing for an output without content"
    assert without_pixels(outputs[1]) is None, "and it is not kept in the repository"
    monkeypatch.delenv("JPY_SESSION_NAME")
    shown, outputs = run_in_a_kernel()
    assert shown == []
    assert [output.text for output in outputs] == ["before\n", "after\n"]
