"""What `make bench` measures is there: cells and figures are known to it by name, and it is run by hand."""

import importlib
from pathlib import Path

import pytest

from benchmarks import frames, sliders
from tests import built_book
from tests.cells import cells_of


def test_frames_names_cells_and_figures_of_the_lesson():
    cells = cells_of(frames.LESSON)
    assert [name for name in frames.CELLS if name not in cells] == []
    text = "\n".join(cells[name] for name in frames.CELLS)
    assert [name for name in frames.FIGURES if f"def {name}(" not in text] == []


@pytest.mark.parametrize(
    ("lesson", "figure"),
    [(sliders.LESSON, sliders.FIGURE), (sliders.TRAINED_LESSON, sliders.TRAINED_FIGURE)],
)
def test_sliders_moves_figures_that_are_there(lesson, figure):
    assert sum(f"def {figure}(" in cell for cell in cells_of(lesson.removeprefix("lessons/")).values()) == 1


@pytest.mark.parametrize("path", sorted(Path(frames.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_every_benchmark_can_be_started(path):
    assert callable(importlib.import_module(f"benchmarks.{path.stem}").main)


def test_the_benchmarks_of_pages_get_the_folder_of_the_book(monkeypatch):
    monkeypatch.setattr(built_book, "jupyter_book", lambda folder: (0, ""))
    assert built_book.build() == built_book.ROOT / "_build" / "html"
