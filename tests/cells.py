"""Running cells of a lesson in the process of a test, and reading what its text and its figures say."""

import functools
import re
from string import ascii_lowercase

import matplotlib.pyplot as plt
import nbformat

from tests.built_book import ROOT


@functools.cache
def _read(lesson):
    return nbformat.read(ROOT / f"lessons/{lesson}.ipynb", as_version=4).cells


@functools.cache
def cells_of(lesson):
    """Gives the cells of a lesson: id -> source."""
    return {cell.id: cell.source for cell in _read(lesson)}


def code_of(lesson):
    """Gives the ids of the code cells of a lesson, in their order."""
    return [cell.id for cell in _read(lesson) if cell.cell_type == "code"]


def text(lesson, *names):
    """Gives the sources of cells of a lesson, one below the other."""
    return "\n".join(cells_of(lesson)[name] for name in names)


def reading(instrument, *stop):
    """Draws an instrument at a stop and gives what it says."""
    fig, says = instrument(*stop)
    plt.close(fig)
    return says


def said(pattern, says):
    """Gives the numbers in a text that the groups of a pattern find."""
    return tuple(float(number) for number in re.search(pattern, says).groups())


def run_cells(lesson, names, namespace=None):
    """Runs cells and gives what they define.

    Args:
        lesson: the name of the notebook, "03_losses".
        names: the ids of its cells; the pieces that stand before a cell, `id-a`, `id-b`, ..., run with it.
        namespace: what has been defined before, a dict; it is added to.
    """
    namespace = {} if namespace is None else namespace
    cells = cells_of(lesson)
    for name in names:
        pieces = [piece for letter in ascii_lowercase if (piece := f"{name}-{letter}") in cells]
        for piece in [*pieces, name]:
            exec(compile(cells[piece], f"{lesson}, {piece}", "exec"), namespace)
    return namespace
