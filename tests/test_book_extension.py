"""What utils.book adds to the book build, tried on a small book of its own in a temporary folder."""

import json
import shutil

import pytest

from tests.built_book import ROOT, jupyter_book, write_notebook
from utils.book.records import figures_in

SUM = """
from pathlib import Path
import matplotlib.pyplot as plt
from utils.explore import explore

SCALE = float(Path("lessons/assets/scale.csv").read_text())

@explore(n=(1, 2), target=["sine", "a < b"])
def sum_of_hinges(n=1, target="sine"):
    'One line.'
    fig, ax = plt.subplots(figsize=(4, 3), layout="constrained")
    ax.set(ylim=(0, 10))
    ax.plot([0, n * SCALE])
    return fig, f"{n} hinges on {target}: {n * SCALE:.2f}."
"""
STYLED = """
from utils import plot
from utils.explore import explore

@explore(k=(1, 3))
def styled(k=1):
    'One line.'
    fig, ax = plot.figure()
    ax.set(ylim=(0, 4))
    ax.plot([0, k], **plot.role("model"))
    return fig, f"k is {k}."
"""


class SmallBook:
    """A book of two notebooks in a folder of its own, with a copy of `utils`.

    Attributes:
        code, log: exit status and printed text of the last build.
        executed: the names of the notebooks that it ran.
    """

    def __init__(self, folder):
        self.folder = folder
        for name in ("_static", "utils"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copyfile(ROOT / "_config.yml", folder / "_config.yml")
        (folder / "references.bib").write_text("")
        (folder / "_toc.yml").write_text("format: jb-book\nroot: intro\nchapters:\n  - file: lessons/02_styled\n")
        (folder / "lessons/assets").mkdir(parents=True)
        (folder / "lessons/assets/scale.csv").write_text("0.5")
        write_notebook(folder / "intro.ipynb", "Intro", SUM)
        write_notebook(folder / "lessons/02_styled.ipynb", "With a style", STYLED)

    def build(self, **environment):
        """Builds the book and gives the exit status."""
        self.code, self.log = jupyter_book(self.folder, PYTHONPATH=str(self.folder), **environment)
        self.executed = [name for name in ("intro", "02_styled") if f"{name}.ipynb: running" in self.log]
        return self.code

    def move(self, name):
        """Renames the folder."""
        self.folder = self.folder.rename(self.folder.with_name(name))

    def frames(self, document):
        """Gives the names of the frames that a page shows."""
        return [name for figure in figures_in(self.html(document)).values() for name in figure["frames"]]

    def html(self, document):
        """Gives the text of a built page."""
        return (self.folder / f"_build/html/{document}.html").read_text(encoding="utf-8")

    def readings(self, document):
        """Gives the readings that the build has written for a page."""
        return json.loads((self.folder / f"_build/explore/readings/{document}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Gives the small book, built once; the tests below change it one after the other."""
    # A name that is no good in an address or as one; longer than some programs allow.
    folder = tmp_path_factory.mktemp("book") / ("x" * 200) / ("y" * 150) / "Neural%20Networks? é #1"
    folder.mkdir(parents=True)
    made = SmallBook(folder)
    assert made.build() == 0, made.log
    assert made.executed == ["intro", "02_styled"]
    return made


def test_frames_and_readings_are_written(small):
    assert small.readings("intro") == {
        "sum-of-hinges": {
            "n=1, target=sine": "1 hinges on sine: 0.50.",
            "n=1, target=a < b": "1 hinges on a < b: 0.50.",
            "n=2, target=sine": "2 hinges on sine: 1.00.",
            "n=2, target=a < b": "2 hinges on a < b: 1.00.",
        }
    }
    assert small.readings("lessons.02_styled") == {"styled": {f"k={k}": f"k is {k}." for k in (1, 2, 3)}}
    assert 'src="_explore/' in small.html("intro")
    assert 'src="../_explore/' in small.html("lessons/02_styled")
    frames = {path.stem for path in (small.folder / "_build/html/_explore").iterdir()}
    assert all(f'"{name}"' in small.html("intro") + small.html("lessons/02_styled") for name in frames)
    assert len(frames) == 2 + 3  # the intro's target changes only words
    assert "baked sum-of-hinges: 4 frames" in small.log


def test_without_an_address_there_is_no_button(small):
    assert "mybinder" not in small.html("intro")


def test_a_second_build_executes_nothing_and_an_address_brings_a_binder_button(small):
    before = small.readings("intro")
    assert small.build(REPOSITORY_URL="https://github.com/someone/fork") == 0, small.log
    assert small.executed == []
    assert small.readings("intro") == before
    page = small.html("lessons/02_styled")
    assert "https://mybinder.org/v2/gh/someone/fork/main?urlpath=lab/tree/lessons/02_styled.ipynb" in page
    assert 'href="https://github.com/someone/fork"' in page


def test_a_changed_asset_runs_the_notebook_that_reads_it(small):
    # A frame of which a full disk has left a half is made whole, too.
    half = small.folder / "_build/html/_explore" / f"{small.frames('lessons/02_styled')[0]}.png"
    whole = half.read_bytes()
    half.write_bytes(whole[: len(whole) // 2])
    (small.folder / "lessons/assets/scale.csv").write_text("0.25")
    assert small.build() == 0, small.log
    assert small.executed == ["intro"]
    assert small.readings("intro")["sum-of-hinges"]["n=2, target=sine"] == "2 hinges on sine: 0.50."
    assert half.read_bytes() == whole
    frames = {path.stem for path in (small.folder / "_build/html/_explore").iterdir()}  # without the old ones
    assert all(f'"{name}"' in small.html("intro") + small.html("lessons/02_styled") for name in frames)


def test_a_changed_module_runs_the_notebook_that_imports_it_in_a_folder_that_has_moved(small):
    small.move("moved")
    module = small.folder / "utils/plot.py"
    module.write_text(module.read_text() + "\n# a change\n")
    assert small.build() == 0, small.log
    assert small.executed == ["02_styled"]


def test_a_damaged_frame_or_record_runs_its_notebook_again(small):
    kept = small.folder / "_build/.executed/html"
    frame = kept / f"lessons/02_styled/frames/{small.frames('lessons/02_styled')[0]}.png"
    whole = frame.read_bytes()
    frame.write_bytes(whole[:-1])
    (kept / "intro/record.json").write_text("")
    assert small.build() == 0, small.log
    assert small.executed == ["intro", "02_styled"]
    assert frame.read_bytes() == whole
    assert not list(kept.rglob("*.part"))


def test_a_warning_fails_this_build_and_the_next(small):
    write_notebook(small.folder / "intro.ipynb", "Intro, and a {ref}`nowhere`", SUM)
    for _ in range(2):
        assert small.build() != 0
        assert "undefined label: 'nowhere'" in small.log
        assert small.executed == []  # the code is as it was
    write_notebook(small.folder / "intro.ipynb", "Intro", SUM)


def test_a_draw_that_raises_fails_this_build_and_the_next_and_a_nan_beside_it_is_named_too(small):
    with_nan = SUM.replace("n * SCALE]", "n * SCALE if n < 2 else float('nan')]")
    write_notebook(small.folder / "intro.ipynb", "Intro", with_nan)
    write_notebook(small.folder / "lessons/02_styled.ipynb", "Styled", STYLED.replace("[0, k]", "[0, 1 / (k - 2)]"))
    for executed in (["intro", "02_styled"], ["02_styled"]):
        assert small.build() != 0
        assert "lessons/02_styled.ipynb, cell 2 of 2, figure styled, 1 of 3 stops drawn" in small.log
        assert "Figure styled could not be drawn at k=2: ZeroDivisionError" in small.log
        assert ("must have no NaN" in small.log) == ("intro" in executed)
        assert small.executed == executed
        write_notebook(small.folder / "intro.ipynb", "Intro", SUM)  # as it was: its outputs are still there
