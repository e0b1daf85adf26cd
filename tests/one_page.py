"""A page that holds figures and nothing else of the book."""

import shutil

import pytest

from tests.built_book import ROOT
from utils.explore import BAKE_VARIABLE
from utils.explore.bake import _baked_ids
from utils.explore.page import FRAMES_PLACEHOLDER

#: Before and after each figure there is more text than a window holds.
SPACE = '<div style="height: 1500px"></div>'
HEAD = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">'
HEAD += '<link rel="stylesheet" href="explore.css"><script src="explore.js"></script>'


def bake(folder, *instruments):
    """Bakes instruments as the kernel of one notebook does, and gives their HTML as a page in the folder holds it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(BAKE_VARIABLE, str(folder))
        _baked_ids.clear()
        return [each.mimebundle()["text/html"].replace(FRAMES_PLACEHOLDER, "frames/") for each in instruments]


def write_page(folder, figures, head=""):
    """Writes a page and all that it loads.

    Args:
        folder: where the figures were baked.
        figures: their HTML.
        head: what else stands in the head.
    """
    for path in (*(ROOT / "_static").glob("explore.*"), *(ROOT / "_static").glob("board.*")):
        shutil.copy(path, folder)
    body = SPACE.join(["", *(f'<div class="output text_html">{figure}</div>' for figure in figures), ""])
    page = f'{HEAD}{head}</head><body class="bd-content">{body}</body></html>'
    (folder / "index.html").write_text(page, encoding="utf-8")
