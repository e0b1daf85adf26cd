"""Tells how long the notebooks of a build will take, and how far they are."""

import json
import re
import shutil
import sys
import time

# First guesses in seconds, where no earlier build has measured: a kernel with Keras in it, a cell, a stop of a figure.
_KERNEL, _CELL, _STOP, _STOPS = 9.0, 0.5, 0.2, 40
_FIGURE = re.compile(r"^@explore\b.*?^def (\w+)", re.MULTILINE | re.DOTALL)


def figures_of(cells):
    """Gives the names of the figures with controls that code cells make."""
    return [name for cell in cells for name in _FIGURE.findall(cell.source)]


def expected_seconds(notebook, readings):
    """Guesses what each code cell of a notebook will take: as long as in the last build, or by its figures' stops.

    Args:
        notebook: a `Notebook`.
        readings: the file of its figures' recorded readings, which may be missing.

    Returns:
        A list of seconds; the first includes the start of the kernel.
    """
    measured = notebook.record.get("seconds", [])
    if len(measured) == len(notebook.code_cells):
        return measured
    known = json.loads(readings.read_text(encoding="utf-8")) if readings.exists() else {}
    stops = {
        name: len(known.get(name.replace("_", "-").strip("-"), range(_STOPS)))
        for name in figures_of(notebook.code_cells)
    }
    seconds = [
        _CELL + _STOP * sum(stops[name] for name in _FIGURE.findall(cell.source)) for cell in notebook.code_cells
    ]
    return [_KERNEL + seconds[0], *seconds[1:]] if seconds else []


class Progress:
    """Shows where a build stands: one line that moves on a terminal, a line for every figure in a log.

    Args:
        expected: `Notebook` -> a list of seconds for its code cells, for the notebooks that will run.
        total: how many notebooks the book has.
        workers: how many run at a time.
    """

    def __init__(self, expected, total, workers):
        self.expected, self.workers = expected, max(1, min(workers, len(expected)))
        self.figures = sum(len(figures_of(notebook.code_cells)) for notebook in expected)
        self.cells = dict.fromkeys(expected, 0)  # code cells that are done, and of the next one a part
        self.drawn, self.running, self.begun = 0, {}, time.monotonic()
        self.moves, self.shown = sys.stdout.isatty(), 0
        if not expected:
            self.say(f"Nothing has changed for the {total} notebooks: none of them runs.")
            return
        side = f", {self.workers} at a time" if self.workers > 1 else ""
        self.say(
            f"Running {len(expected)} of {total} notebooks with {self.figures} figures{side}: "
            f"{self.left()}, as they took last time or by a first guess"
        )

    def left(self):
        """Says how long it will still take."""
        elapsed = time.monotonic() - self.begun
        work = {notebook: self._behind(seconds, len(seconds)) for notebook, seconds in self.expected.items()}
        behind = {notebook: self._behind(seconds, self.cells[notebook]) for notebook, seconds in self.expected.items()}
        # How much slower than expected it goes; at first the expectation itself counts, for as much as half a minute.
        slower = (elapsed * self.workers + 30) / (sum(behind.values()) + 30)
        # The last notebook runs alone: no number of kernels makes the longest one shorter.
        longest = max(work[notebook] - behind[notebook] for notebook in work)
        shared = (sum(work.values()) - sum(behind.values())) / self.workers
        return "about " + duration(max(1, slower * max(shared, longest)))

    @staticmethod
    def _behind(seconds, cells):
        """Gives the expected seconds of the first so many cells, of which the last may be a part of one."""
        whole = int(cells)
        return sum(seconds[:whole]) + sum(seconds[whole : whole + 1]) * (cells - whole)

    def start(self, notebook):
        """A notebook starts."""
        self.running[notebook] = ""
        if not self.moves:
            self.say(f"{notebook.name}.ipynb: running")

    def hear(self, notebook, event):
        """A figure has another stop: `figure`, `total`, `done`, and at its end `seconds` and `bytes`."""
        self.running[notebook] = "{figure} {done}/{total}".format(**event)
        self.cells[notebook] = int(self.cells[notebook]) + min(0.99, event["done"] / event["total"])
        if "seconds" in event:
            self.drawn += 1
            size = event["bytes"] / 1000
            text = f"baked {event['figure']}: {event['total']} frames, {size:.0f} kB, {event['seconds']:.1f} s"
            if not self.moves:
                self.say(f"[{self.drawn} of {self.figures} figures, {self.left()} left] {text}")

    def cell_done(self, notebook, cells):
        """The first so many code cells of a notebook are done."""
        self.cells[notebook] = cells

    def end(self, notebook):
        """A notebook has run to its end."""
        del self.running[notebook]
        self.cells[notebook] = len(self.expected[notebook])

    def fail(self, notebook, failure):
        """A notebook has failed; the others go on."""
        self.end(notebook)
        self.say(failure)

    def show(self):
        """Moves the line on a terminal."""
        if self.moves:
            text = f"{self.drawn} of {self.figures} figures, {self.left()} left"
            text += "".join(f"; {figure}" for figure in list(self.running.values()) if figure)
            text = text[: shutil.get_terminal_size().columns - 1]
            print("\r" + text.ljust(self.shown), end="", flush=True)
            self.shown = len(text)

    def say(self, text):
        """Prints a line, over the one that moves."""
        if self.shown:
            print("\r" + " " * self.shown + "\r", end="")
            self.shown = 0
        print(text, flush=True)

    def close(self):
        """Says what it has taken."""
        if self.expected:
            self.say(f"The notebooks took {duration(time.monotonic() - self.begun)}. Now the pages.")


def duration(seconds):
    """Gives a duration in words: "40 s", "6 min"."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
