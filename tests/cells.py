"""Running cells of a lesson in the process of a test."""

import functools

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
        names: the ids of its cells.
        namespace: what has been defined before, a dict; it is added to.
    """
    namespace = {} if namespace is None else namespace
    for name in names:
        exec(compile(cells_of(lesson)[name], f"{lesson}, {name}", "exec"), namespace)
    return namespace
