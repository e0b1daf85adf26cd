"""What a page says about itself to search engines, and to a chat in which somebody sends its address."""

import html
import os
import re
from pathlib import Path, PurePosixPath

from utils.book.pictures import cards, find_picture

_TITLE = re.compile(r"<title>(.*?)</title>", re.S)
_PARAGRAPH = re.compile(r"<p>(.*?)</p>", re.S)
_OURS = re.compile(r'\n<meta (?:name="description"|property="og:|name="twitter:)[^>]*>')
LONGEST = 200  # letters of a description: what search engines and chats show


def name_address(app, config):
    """Takes the address at which the book will be from the environment, BOOK_URL, where the configuration has none."""
    if not config.html_baseurl:
        config.html_baseurl = os.environ.get("BOOK_URL", "")


def describe(page, name, app):
    """Gives a page's text with its title, its description and the tags of the Open Graph protocol.

    The picture is that of the chapter's card, for the chapter's exercises and solutions too; other pages have the title
    page's first. Chats want whole addresses; where the book will be is known from BOOK_URL or `html.baseurl` only.
    Without it the picture's address is relative to the page, which some of them take, and the page's own is left out.

    Args:
        page: the text of the page.
        name: where it is in the built folder: "lessons/01_x.html".
        app: Sphinx's application.
    """
    out, book = Path(app.outdir), app.config.html_title or app.config.project
    site, depth = app.config.html_baseurl, name.count("/")
    title = html.unescape(_TITLE.search(page)[1]).removesuffix(f" — {book}")
    text = _description(page) or book
    root = app.builder.get_target_uri(app.config.root_doc)
    chosen = {PurePosixPath(link).name: at for link, at in cards((out / root).read_text(encoding="utf-8")).items()}
    picture = find_picture(out, chosen.get(PurePosixPath(name).name, root))
    way = f"{site.rstrip('/')}/" if site else "../" * depth
    tags = {"og:type": "website", "og:site_name": book, "og:title": title, "og:description": text}
    if site:
        tags["og:url"] = way + name
    if picture:
        tags |= {"og:image": way + picture.path, "og:image:alt": picture.reading}
    kinds = {"description": text, "twitter:card": "summary_large_image" if picture else "summary"}
    lines = [f'<meta name="{key}" content="{html.escape(value)}">' for key, value in kinds.items()]
    lines += [f'<meta property="{key}" content="{html.escape(value)}">' for key, value in tags.items()]
    whole = title if title == book else f"{title} — {book}"
    head = "\n".join([f"<title>{html.escape(whole, quote=False)}</title>", *lines])
    return _TITLE.sub(lambda _: head, _OURS.sub("", page), count=1)


def _description(page):
    """Gives the beginning of a page's first paragraph that is a sentence, as plain text."""
    for paragraph in _PARAGRAPH.findall(page.partition("<article")[2]):
        text = " ".join(html.unescape(re.sub(r"<[^>]*>", "", paragraph)).split())
        if len(text) > 60 and "\\(" not in text:
            # Whole sentences where they fit, else whole words.
            kept = re.match(rf"(.{{60,{LONGEST}}}[.?!])(?= |$)", text)
            return kept[1] if kept else text[: LONGEST - 1].rpartition(" ")[0] + "…"
    return ""
