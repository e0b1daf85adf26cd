"""Baking: every combination of stops drawn once, as files, for a page that has no kernel."""

import hashlib
import itertools
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from utils.files import write_whole

from .board import bake_board, board_html
from .controls import ExploreError
from .guard import NotFiniteError, find_not_finite, guarded
from .legible import find_unreadable
from .page import FRAMES_PLACEHOLDER, figure_html
from .picture import css_size, frozen, has_map, palette_png, pixels

#: id -> name of its figure, of all figures and controls that this kernel has baked: those of one page.
_baked_ids = {}
_ID = re.compile(r'\sid="([^"]+)"')


def bake(instrument, folder):
    """Draws every combination of stops and writes the frames.

    Args:
        instrument: an `Explore`.
        folder: a `pathlib.Path`; frames go to `folder/frames`, named by their content.

    Returns:
        A MIME bundle: the `<figure>` of the page, the default picture for print, the default reading as text.

    Raises:
        ExploreError: where `draw` has no docstring, raises, or gives another picture or reading when it is called
            again; a picture has a NaN, an infinity, a text that can not be read or another size; a reading is empty
            or that of another picture; or two figures of a page have one name. It names the figure and the stop.
    """
    name = instrument.__name__
    if instrument.id in _baked_ids:
        raise ExploreError(
            f"Each figure of a notebook needs a name of its own. Received: {name} after {_baked_ids[instrument.id]}"
        )
    if not instrument.description:
        raise ExploreError(
            f"Figure {name} needs a docstring that says what the picture is, for who does not see it. Received: none"
        )
    _baked_ids[instrument.id] = name
    frames_folder = folder / "frames"
    frames_folder.mkdir(parents=True, exist_ok=True)
    controls = instrument.controls
    keys = [control.name for control in controls]
    combinations = [dict(zip(keys, stop, strict=True)) for stop in itertools.product(*(c.stops for c in controls))]
    default = 0
    for control in controls:
        default = default * len(control.stops) + control.default
    readings, jobs = [], []
    progress = _Progress(folder / "progress.jsonl", instrument.id, len(combinations))
    with ThreadPoolExecutor(max_workers=2) as pool, guarded(), frozen():
        # The stop shown first gives all of them the places of their axes. Then every stop in turn, and the first again:
        # so two stops come twice, each after another one.
        shown_first = _draw(instrument, combinations[default])
        for done, values in enumerate(combinations, start=1):
            array, colors, reading, size = _draw(instrument, values)
            if size != shown_first[-1]:
                raise ExploreError(
                    f"{_where(instrument, values)} must have the size of the other stops, "
                    f"{shown_first[-1]}. Received: {size}"
                )
            if done - 1 == default:
                _compare(instrument, values, shown_first, (array, colors, reading, size))
            if done == 1:
                first = (array, colors, reading, size)
            readings.append(reading)
            jobs.append(pool.submit(palette_png, array, colors))
            progress.tell(done)
        _compare(instrument, combinations[0], first, _draw(instrument, combinations[0]))
        frames = [_write_frame(job.result(), frames_folder) for job in jobs]
    _check_readings(instrument, combinations, frames, readings)
    progress.end(sum((frames_folder / f"{frame}.png").stat().st_size for frame in set(frames)))
    board, below = None, ""
    if instrument.board is not None:
        data, board_size, marks = bake_board(instrument, combinations)
        board = _write_frame(data, frames_folder)
        below = board_html(instrument, board_size, f"{FRAMES_PLACEHOLDER}{board}.png", marks)
    page = figure_html(instrument, size, frames, readings, default, board) + below
    _check_ids(name, page)
    picture = (frames_folder / f"{frames[default]}.png").read_bytes()
    return {"text/html": page, "image/png": picture, "text/plain": readings[default]}


def _check_ids(name, page):
    """Refuses a name that is in the page: `loss(curve_n)` has a control loss-curve-n, as `loss_curve(n)` has."""
    for key in _ID.findall(page):
        if (other := _baked_ids.setdefault(key, name)) != name:
            raise ExploreError(
                f"Each figure and each control of a notebook needs a name of its own, _ and - being the same. "
                f"Received: {key!r} in {other} and in {name}"
            )


def _draw(instrument, values):
    """Draws one stop and checks it. Gives its pixels, how many colours it needs, its reading and its size."""
    where = _where(instrument, values)
    try:
        figure, reading = instrument.frame(values)
        texts = []
        array = pixels(figure, instrument.layout, texts)
        found = find_not_finite(figure)
    except NotFiniteError as error:
        found = str(error)
    if found is not None:
        raise ExploreError(
            f"{where} must have no NaN and no infinity (mask what is left out on purpose). Received: {found}"
        )
    if (found := find_unreadable(figure, texts)) is not None:
        raise ExploreError(f"{where} must have texts that can be read. Received: {found}")
    return array, 128 if has_map(figure) else 40, reading, css_size(figure)


def _where(instrument, values):
    return f"Figure {instrument.__name__} at {', '.join(f'{name}={value!r}' for name, value in values.items())}"


def _compare(instrument, values, before, now):
    """Refuses a stop that is another one when it is drawn again: a page shows one picture for each."""
    for kind, old, new in (("reading", before[2], now[2]), ("picture", before[0], now[0])):
        if not np.array_equal(old, new):
            received = f"{old!r}, then {new!r}" if kind == "reading" else "two different pictures"
            raise ExploreError(
                f"{_where(instrument, values)} must have the same {kind} whenever it is drawn: nothing but the "
                f"controls may change it (a random generator needs its seed inside draw). Received: {received}"
            )


def _check_readings(instrument, combinations, frames, readings):
    """Refuses readings that do not tell pictures apart: who does not see the picture has nothing else."""
    if len(combinations) > 1 and len(set(readings)) == 1:
        raise ExploreError(
            f"Figure {instrument.__name__} must have readings that differ. Received: {readings[0]!r} at every stop"
        )
    said = {}
    for values, frame, reading in zip(combinations, frames, readings, strict=True):
        earlier, other = said.setdefault(reading, (values, frame))
        if frame != other:
            stop = ", ".join(f"{name}={value!r}" for name, value in earlier.items())
            raise ExploreError(
                f"{_where(instrument, values)} shows another picture than at {stop}, and must have another reading. "
                f"Received: {reading!r} at both"
            )


def frame_name(data):
    """Gives the name of a frame: a hash of its content."""
    return hashlib.sha256(data).hexdigest()[:16]


def _write_frame(data, folder):
    name = frame_name(data)
    path = folder / f"{name}.png"
    # A file of another length is a piece of one, from a full disk.
    if not path.exists() or path.stat().st_size != len(data):
        write_whole(path, data)
    return name


class _Progress:
    """Tells the book build how far a figure is. What a kernel prints would land in the page, so it goes to a file."""

    def __init__(self, path, name, total):
        self.path, self.name, self.total, self.start = path, name, total, time.monotonic()

    def _write(self, **what):
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"figure": self.name, "total": self.total, **what}) + "\n")

    def tell(self, done):
        self._write(done=done)

    def end(self, weight):
        self._write(done=self.total, seconds=round(time.monotonic() - self.start, 1), bytes=weight)
