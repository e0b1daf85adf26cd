"""Measures what a frame of a figure costs while the book is built: drawn, checked and made a PNG.

    python -m benchmarks.frames

The figures of lesson 01 that need no training are baked, all their stops, into a temporary folder. What is measured is
processor time, that of all threads: it hangs less on what else the machine does than the clock on the wall.
"""

import os
import platform
import tempfile
import time
from importlib.metadata import version

import matplotlib

from benchmarks.train import processor, save
from tests.cells import run_cells
from utils.explore import BAKE_VARIABLE

LESSON = "01_universal_approximation"
FIGURES = ("one_hinge", "relu_sum", "hinge_by_hinge", "how_many_hinges", "folded_line")
#: The cells of the lesson that these figures use, and their own.
CELLS = ("cell-01", "cell-03", "cell-10", "cell-11", "cell-17", "cell-26", "cell-28", "cell-29", "cell-55", "cell-57")
CELLS += (
    "cell-19",
    "cell-05",
    "cell-19a-draw",
    "cell-19a",
    "cell-22-draw",
    "cell-22",
    "cell-31",
    "cell-31a",
    "cell-59",
)


def measure():
    """Bakes the figures. Returns name -> (frames, processor milliseconds a frame)."""
    matplotlib.use("Agg")
    space, rows = run_cells(LESSON, CELLS), {}
    with tempfile.TemporaryDirectory() as folder:
        os.environ[BAKE_VARIABLE] = folder
        for name in FIGURES:
            start = time.process_time()
            space[name].mimebundle()
            seconds = time.process_time() - start
            frames = 1
            for control in space[name].controls:
                frames *= len(control.stops)
            rows[name] = {"frames": frames, "ms_a_frame": round(1000 * seconds / frames, 1)}
        del os.environ[BAKE_VARIABLE]
    return rows


def main():
    """Measures, prints and saves."""
    rows = measure()
    frames = sum(row["frames"] for row in rows.values())
    mean = sum(row["frames"] * row["ms_a_frame"] for row in rows.values()) / frames
    print(f"{'baked figures of lesson 01':28} {'frames':>6} {'processor ms a frame':>21}")
    for name, row in rows.items():
        print(f"{name.replace('_', ' '):28} {row['frames']:6} {row['ms_a_frame']:21.1f}")
    print(f"{'in all':28} {frames:6} {mean:21.1f}")
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    about = {"processor": processor(), "system": system, "versions": {"matplotlib": version("matplotlib")}}
    save("frames", {"figures": rows, "frames": frames, "ms_a_frame": round(mean, 1), **about})


if __name__ == "__main__":
    main()
