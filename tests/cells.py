"""Running cells of a lesson in the process of a test."""

import functools
from string import ascii_lowercase

import nbformat

from tests.built_book import ROOT


@functools.cache
def cells_of(lesson):
    """Gives the cells of a lesson: id -> source."""
    cells = nbformat.read(ROOT / f"lessons/{lesson}.ipynb", as_version=4).cells
    return {cell.id: cell.source for cell in cells}


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
