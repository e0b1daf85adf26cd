"""Mends the HTML that the theme, MyST-NB and docutils write, so that it is valid and reads well to a screen reader."""

import re
from collections import Counter

from sphinx.errors import ExtensionError

_FOLDED = re.compile(r'<summary aria-label="Toggle hidden content">(.*?)</summary>', re.S)
_PARAGRAPH = re.compile(r"<(/?)p\b")
# The theme's list of chapters: a link, then a chevron that unfolds the pages below it.
_CHEVRON = re.compile(
    r'(<a class="[^"]*reference internal" href="[^"]*">(.*?)</a><details[^>]*>)<summary>'
    r'<span class="toctree-toggle" role="presentation">',
    re.S,
)
_TAG = re.compile(r"<[^>]*>")
_ID = re.compile(r'<[^>]*?\sid="([^"]+)"')


def mend_access(page):
    """Gives the text of a page with valid HTML, and names and roles that say what things are.

    - A summary's name is its words, which say what is folded; a label over them hides them, and a summary holds no
      paragraphs.
    - A chevron beside a chapter says which chapter's pages it unfolds.
    - `doc-biblioentry` is a role of the past: sources are items of a list.
    - The logo and the search beside it are part of the navigation.
    - The search page has a second field with the id of the first.
    - The corner of a table of pandas is no heading.
    """
    page = _FOLDED.sub(lambda found: "<summary>" + _PARAGRAPH.sub(r"<\1span", found[1]) + "</summary>", page)
    page = _CHEVRON.sub(_name_chevron, page)
    page = page.replace(' role="doc-biblioentry"', ' role="listitem"')
    side = '<div class="bd-sidebar-primary bd-sidebar'
    page = page.replace(side, side.replace("<div", '<div role="navigation" aria-label="Book"'))
    page = page.replace("<th></th>", "<td></td>")
    before, field, after = page.rpartition('id="search-input"')
    return f'{before}id="search-field"{after}' if field in before else page


def _name_chevron(found):
    link, title = found.groups()
    return f'{link}<summary aria-label="Pages of {_TAG.sub("", title)}"><span class="toctree-toggle">'


def check_names(page, name):
    """Refuses a page in which two things have one name: a link, a label or a script would find the wrong one.

    Args:
        page: the text of the page.
        name: where it is in the built folder, for the message.

    Raises:
        ExtensionError: a name is there twice, such as that of a figure and of a heading.
    """
    if twice := [found for found, times in Counter(_ID.findall(page)).items() if times > 1]:
        raise ExtensionError(
            f"Expected each heading, figure and control of {name} to have a name of its own. Received twice: {twice}"
        )
