"""The built folder as it goes on a USB stick or to a server: what the pages load, and nothing else."""

import importlib.util
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

#: Of MathJax, 24 MB: the script for TeX formulas, its fonts, and the packages of macros that it fetches when a formula
#: names one. The rest is for other kinds of formulas and for the menu, which `_config.yml` turns off.
MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2", "input/tex/extensions")

#: Kind of file -> how it names others.
_NAMES = {
    ".html": re.compile(r'\s(?:src|href)="([^"]*)"'),
    # Beside each font stands the same one for browsers of long ago, a .ttf.
    ".css": re.compile(r"""(?:url\(|@import )["']?(?!data:)([^"')\s]+(?<!\.ttf))["')\s;]"""),
}


def copy_mathjax(out):
    """Copies what pages load of MathJax into the built folder, from the package that brings it, and gives the names."""
    source = Path(importlib.util.find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
    files = [
        file
        for name in MATHJAX
        for file in ((source / name).rglob("*") if (source / name).is_dir() else [source / name])
        if file.is_file()
    ]
    names = [Path("_static/mathjax") / file.relative_to(source) for file in files]
    for file, name in zip(files, names, strict=True):
        target = Path(out) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return names


def keep_what_pages_load(out, pages, beside):
    """Deletes what no page loads or links to, pages of documents that are gone among it.

    Args:
        out: the built folder.
        pages: the names in it of the pages, and of what their scripts load.
        beside: the name of a folder in it that stays as it is.
    """
    out = Path(out).resolve()
    waiting, loaded = [out / page for page in pages], set()
    while waiting:
        file = waiting.pop()
        if file in loaded or not file.is_file():
            continue
        loaded.add(file)
        if file.suffix in _NAMES:
            named = _NAMES[file.suffix].findall(file.read_text(encoding="utf-8"))
            waiting += [(file.parent / unquote(re.split("[?#]", name)[0])).resolve() for name in named if name]
    for path in sorted(out.rglob("*"), reverse=True):  # what is in a folder before the folder
        first = path.relative_to(out).parts[0]
        if first == beside or first.startswith("."):
            continue  # Sphinx keeps its notes for the next build in files that start with a dot
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
        elif path.is_file() and path not in loaded:
            path.unlink()
