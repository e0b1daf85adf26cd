"""The live instrument: widgets that redraw, and the decorator in a real kernel, in a notebook and in a book build."""

import gc
import io
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

from utils.explore import BAKE_VARIABLE, ExploreError, baked, explore
from utils.explore.picture import pixels

ROOT = Path(__file__).resolve().parents[1]
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def not_baking(monkeypatch):
    monkeypatch.delenv(BAKE_VARIABLE, raising=False)


@pytest.fixture
def hinge():
    @explore(n=baked((1, 100), [1, 10, 100]), target=["sine", "<step>"], dashed=False)
    def hinge(n=10, target="sine", dashed=False):
        figure, ax = plt.subplots(figsize=(3, 2))
        ax.plot([0, 1 / (50 - n)], "--" if dashed else "-")
        return figure, f"{n} hinges, {target}."

    return hinge


def test_a_notebook_shows_widgets_a_picture_and_the_default_reading_as_text(hinge):
    bundle = hinge.mimebundle()
    assert bundle["text/plain"] == "10 hinges, sine."
    assert bundle["image/png"].startswith(b"\x89PNG")
    assert bundle[WIDGET]["model_id"] == hinge._view.box.model_id
    assert plt.get_fignums() == []
    column, picture = hinge._view.box.children
    assert column.children == (*(control.widget for control in hinge.controls), hinge._view.reading)
    assert picture is hinge._view.picture
    shown = column.children[:-1]
    assert [widget.description for widget in shown] == ["n", "target", "dashed"]
    assert hinge._view.picture.value == bundle["image/png"]


def test_while_a_picture_is_drawn_the_collector_leaves_alone_what_was_there():
    counts = []

    @explore(n=(1, 3))
    def counting(n=1):
        counts.append(gc.get_freeze_count())
        figure, _ = plt.subplots(figsize=(3, 2))
        return figure, f"{n}."

    counting.mimebundle()
    counting.controls[0].widget.value = 3
    assert len(counts) == 2
    assert min(counts) > 1000
    assert gc.get_freeze_count() == 0


def test_a_picture_is_no_higher_than_a_notebook_and_no_smaller_than_its_writing_allows():
    @explore(n=(1, 3))
    def high(n=1):
        figure, _ = plt.subplots(figsize=(4, 8))
        return figure, f"{n}."

    high.mimebundle()
    assert high._view.picture.layout.width == "clamp(276px, (100vh - 160px) * 0.5000, 400px)"


def test_a_figure_is_drawn_once_to_be_shown_and_looks_as_in_the_book():
    drawn = []

    @explore(n=(1, 3))
    def counted(n=1):
        figure, ax = plt.subplots(figsize=(3, 2), layout="constrained")
        ax.plot([0, n], label="a line")
        ax.legend()
        drawn.append(n)
        return figure, f"{n}."

    shown = np.asarray(Image.open(io.BytesIO(counted.mimebundle()["image/png"])))
    assert len(drawn) == 1
    assert (shown == pixels(counted.draw(1)[0])).all()


def test_moving_a_widget_changes_picture_and_reading(hinge):
    hinge.mimebundle()
    view, (n, target, dashed) = hinge._view, (control.widget for control in hinge.controls)
    seen = [view.picture.value]
    for widget, value, reading in (
        (n, 37, "37 hinges, sine."),
        (dashed, True, "37 hinges, sine."),
        (target, "<step>", "37 hinges, &lt;step&gt;."),
    ):
        widget.value = value
        assert f">{reading}</div>" in view.reading.value
        assert 'role="status"' in view.reading.value
        seen.append(view.picture.value)
    assert seen[0] != seen[1] != seen[2] == seen[3]  # the third control changes words only
    assert plt.get_fignums() == []


def test_an_error_is_shown_in_place_of_the_reading_and_raised(hinge):
    hinge.mimebundle()
    view, n = hinge._view, hinge.controls[0].widget
    with pytest.raises(
        ExploreError, match="Figure hinge could not be drawn at n=50, target='sine', dashed=False: ZeroDivisionError"
    ):
        n.value = 50
    assert 'role="alert"' in view.reading.value
    assert "could not be drawn at n=50" in view.reading.value
    n.value = 51  # and the next stop is drawn again
    assert ">51 hinges, sine.</div>" in view.reading.value
    assert plt.get_fignums() == []


def test_an_instrument_shown_twice_has_one_set_of_widgets(hinge):
    assert hinge.mimebundle()[WIDGET] == hinge.mimebundle()[WIDGET]


def test_figures_of_others_stay_open(hinge):
    mine, _ = plt.subplots()
    hinge.mimebundle()
    assert plt.get_fignums() == [mine.number]
    plt.close(mine)


# --- in a kernel ------------------------------------------------------------------------------------------------------

SETUP = """
import matplotlib.pyplot as plt
from utils.explore import explore
"""
FIGURE = """
@explore(n=(1, 3))
def hinge(n=2):
    'A line.'
    fig, ax = plt.subplots(figsize=(3, 2), layout="constrained")
    ax.set(ylim=(0, 4))
    ax.plot([0, n])
    return fig, f"{n} hinges."
"""
MOVE = """
hinge.controls[0].widget.value = 3
print(hinge._view.reading.value)
"""
WRONG = FIGURE.replace("hinge", "broken").replace("[0, n]", "[0, 1 / (n - 3)]")


def run(monkeypatch, folder, *sources):
    """Runs a notebook in a kernel of its own and gives the outputs of its cells."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("MPLBACKEND", raising=False)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(
        notebook, kernel_name="python3", timeout=120, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    ).execute()
    return [cell.outputs for cell in notebook.cells]


def test_the_decorator_shows_the_live_figure_in_a_kernel(monkeypatch, tmp_path):
    setup, figure, moved, wrong = run(
        monkeypatch, tmp_path, SETUP, FIGURE, MOVE, "hinge.draw = None\n" + MOVE.replace("3", "1")
    )
    assert setup == []
    (shown,) = figure  # not a second time by pyplot
    assert shown.output_type == "display_data"
    assert shown.data["text/plain"] == "2 hinges."
    assert {"image/png", WIDGET} <= shown.data.keys()
    assert "text/html" not in shown.data
    assert ">3 hinges.</div>" in moved[0].text
    assert wrong[-1].ename == "ExploreError"


def test_the_decorator_bakes_in_a_book_build_and_an_error_stops_the_notebook(monkeypatch, tmp_path):
    monkeypatch.setenv(BAKE_VARIABLE, str(tmp_path / "baked"))
    _, figure, wrong = run(monkeypatch, tmp_path, SETUP, FIGURE, WRONG)
    (shown,) = figure
    assert shown.data["text/plain"] == "2 hinges."
    assert shown.data["text/html"].startswith('<figure class="explore" id="hinge">')
    assert WIDGET not in shown.data
    frames = list((tmp_path / "baked" / "frames").iterdir())
    assert len(frames) == 3
    assert all(f'"{frame.stem}"' in shown.data["text/html"] for frame in frames)
    (error,) = (output for output in wrong if output.output_type == "error")
    assert error.ename == "ExploreError"
    assert "Figure broken could not be drawn at n=3: ZeroDivisionError" in error.evalue
