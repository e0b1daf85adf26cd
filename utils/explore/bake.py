"""Baking: every combination of stops drawn once, as files, for a page that has no kernel."""

import hashlib
import itertools
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

from .controls import ExploreError
from .page import figure_html
from .picture import css_size, find_nan, has_map, palette_png, pixels

_baked_ids = set()


def bake(instrument, folder):
    """Draws every combination of stops and writes the frames.

    Args:
        instrument: an `Explore`.
        folder: a `pathlib.Path`; frames go to `folder/frames`, named by their content.

    Returns:
        A MIME bundle: the `<figure>` of the page, the default picture for print, the default reading as text.

    Raises:
        ExploreError: where a picture has a NaN or another size, `draw` raises, a reading is empty or the same
            everywhere, or two figures of a page have one name. It names the figure and the stop.
    """
    if instrument.id in _baked_ids:
        raise ExploreError(f"Each figure of a notebook needs a name of its own. Received: {instrument.__name__} twice")
    _baked_ids.add(instrument.id)
    frames_folder = folder / "frames"
    frames_folder.mkdir(parents=True, exist_ok=True)
    controls = instrument.controls
    combinations = list(itertools.product(*(control.stops for control in controls)))
    readings, jobs, size = [], [], None
    progress = _Progress(folder / "progress.jsonl", instrument.id, len(combinations))
    with ThreadPoolExecutor(max_workers=2) as pool:
        for done, stop in enumerate(combinations, start=1):
            values = dict(zip((control.name for control in controls), stop, strict=True))
            figure, reading = instrument.frame(values)
            where = (
                f"Figure {instrument.__name__} at {', '.join(f'{name}={value!r}' for name, value in values.items())}"
            )
            if (kind := find_nan(figure)) is not None:
                raise ExploreError(
                    f"{where} must have no NaN (mask what is left out on purpose). Received: NaN in a {kind}"
                )
            size = size or css_size(figure)
            if css_size(figure) != size:
                raise ExploreError(
                    f"{where} must have the size of the other stops, {size}. Received: {css_size(figure)}"
                )
            readings.append(reading)
            jobs.append(pool.submit(palette_png, pixels(figure), 128 if has_map(figure) else 40))
            progress.tell(done)
        frames = [_write_frame(job.result(), frames_folder) for job in jobs]
    if len(combinations) > 1 and len(set(readings)) == 1:
        raise ExploreError(
            f"Figure {instrument.__name__} must have readings that differ. Received: {readings[0]!r} at every stop"
        )
    weight = sum((frames_folder / f"{name}.png").stat().st_size for name in set(frames))
    progress.end(weight)
    default = 0
    for control in controls:
        default = default * len(control.stops) + control.default
    page = figure_html(instrument, size, frames, readings, default)
    picture = (frames_folder / f"{frames[default]}.png").read_bytes()
    return {"text/html": page, "image/png": picture, "text/plain": readings[default]}


def _write_frame(data, folder):
    name = hashlib.sha256(data).hexdigest()[:16]
    path = folder / f"{name}.png"
    if not path.exists():
        unfinished = folder / f"{name}.{os.getpid()}.part"
        unfinished.write_bytes(data)
        unfinished.replace(path)
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
