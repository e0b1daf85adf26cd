"""Pictures of the figures elsewhere than in their figure: on the cards of the title page, and in a chat."""

import html
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

from sphinx.errors import ExtensionError

from utils.book.records import figures_in

_FIGURE = re.compile(r'<figure class="explore[^"]*" id="([^"]+)".*?</figure>', re.S)
_IMAGE = re.compile(r'<img[^>]*?src="([^"]+)"[^>]*?width="(\d+)" height="(\d+)"', re.S)
# In a list: a link, the address of a figure as the browser shows it, and what an earlier build has put in front.
_CARD = re.compile(
    r'<p>(?:<img class="card-picture"[^>]*>)?'
    r'(<a class="reference internal" href="([^"#]*)">.*?</a>\s*<!-- picture: (.*?) -->)',
    re.S,
)


@dataclass
class Picture:
    """One stop of a figure.

    Attributes:
        path: of its file, from the built folder.
        width, height: in CSS pixels.
        reading: the sentence below it.
    """

    path: str
    width: int
    height: int
    reading: str


def find_picture(out, address):
    """Finds the picture of a figure.

    Args:
        out: the built folder.
        address: as the browser shows it, from the built folder: "lessons/01_x.html#relu-sum?hinges=8". A control that
            it does not name stands where the figure has it; without "#..." it is the first figure of the page.

    Returns:
        A `Picture`; None for the first figure of a page without one.

    Raises:
        ExtensionError: there is no such page, figure or stop.
    """
    name, _, rest = address.partition("#")
    wanted, _, state = rest.partition("?")
    page = Path(out) / name
    if not page.is_file():
        raise ExtensionError(f"Expected the address of a figure, page.html#figure?control=stop. Received: {address}")
    figures = {found[1]: found[0] for found in _FIGURE.finditer(page.read_text(encoding="utf-8"))}
    if not wanted and not figures:
        return None
    if wanted and wanted not in figures:
        raise ExtensionError(f"Expected a figure of {name}: one of {sorted(figures)}. Received: {address}")
    figure = figures[wanted or next(iter(figures))]
    (data,) = figures_in(figure).values()
    given = parse_qs(state, keep_blank_values=True)
    if strange := given.keys() - (names := [control["name"] for control in data["controls"]]):
        raise ExtensionError(f"Expected controls of {wanted}: {names}. Received: {sorted(strange)} in {address}")
    index = 0
    for control in data["controls"]:
        stop = control["stops"][control["default"]]
        if control["name"] in given:
            stop = given[control["name"]][-1]
        if stop not in control["stops"]:
            raise ExtensionError(f"Expected {control['name']} to be one of {control['stops']}. Received: {address}")
        index = index * len(control["stops"]) + control["stops"].index(stop)
    source, width, height = _IMAGE.search(figure).groups()
    folder = (page.parent / source).resolve().parent.relative_to(Path(out).resolve())
    return Picture(f"{folder.as_posix()}/{data['frames'][index]}.png", int(width), int(height), data["readings"][index])


def cards(page):
    """Gives the cards of a title page: the page that each leads to -> the address of its picture."""
    return {link: html.unescape(address) for _, link, address in _CARD.findall(page)}


def put_pictures(page, out):
    """Puts the pictures of the cards into a title page, whose text it takes and gives."""

    def with_picture(found):
        picture = find_picture(out, html.unescape(found[3]))
        # It says nothing that the card's words do not say: without a text of its own it is not read out.
        size = f'width="{picture.width}" height="{picture.height}"'
        return f'<p><img class="card-picture" src="{picture.path}" alt="" {size} loading="lazy">{found[1]}'

    return _CARD.sub(with_picture, page)
