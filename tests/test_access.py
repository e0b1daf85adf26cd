"""What screen readers, keyboards and the rules of HTML ask of every page: axe-core, and what it does not look at."""

import pytest
from bs4 import BeautifulSoup

from tests.axe import faults
from tests.browser import DESKTOP
from tests.built_book import documents
from tests.reading import check_formulas, check_navigation, read_to_the_end

EVERY_PAGE = [*documents(), "search"]

#: What axe may say of the theme: (rule, beginning of the selector) -> why it stays.
THEIRS = {}

NARROW = {"width": 390, "height": 700}

#: A summary holds words only, as do buttons and labels.
_WORDS_ONLY = ("summary", "button", "label", "p", "h1", "h2", "h3", "h4")
_BLOCKS = ("p", "div", "ul", "ol", "table", "pre", "figure", "section", "details", "h1", "h2", "h3", "h4")


def ours(found):
    return [fault for fault in found if not any(fault[0] == rule and fault[1].startswith(at) for rule, at in THEIRS)]


@pytest.mark.parametrize("document", EVERY_PAGE)
def test_a_page_is_read_to_its_end_and_axe_finds_nothing(open_page, homes, document):
    """Colours are looked at in light and in dark, everything else in a wide and in a narrow window."""
    page = open_page(document, viewport=DESKTOP, color_scheme="light")
    read_to_the_end(page)
    check_formulas(page)
    check_navigation(page, homes["http"], document)
    assert ours(faults(page)) == []
    page.set_viewport_size(NARROW)
    page.wait_for_timeout(500)  # what is too wide now becomes a tab stop
    assert ours(faults(page, "all but colours")) == []
    page.set_viewport_size(DESKTOP)
    # The page's own button: a browser that draws no frame does not tell a page of the system's new colours.
    page.locator(".theme-switch-button").first.evaluate("button => button.click()")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert ours(faults(page, "colours")) == []


def test_axe_would_find_something(open_page):
    page = open_page("search")
    page.evaluate("document.querySelector('#search-results').innerHTML = '<img src=\"_static/favicon.svg\">'")
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert [rule for rule, *_ in faults(page, "all but colours")] == ["image-alt"]
    assert [rule for rule, *_ in faults(page, "colours")] == ["color-contrast"]
    assert sorted(rule for rule, *_ in faults(page)) == ["color-contrast", "image-alt"]


@pytest.mark.parametrize("document", EVERY_PAGE)
def test_the_html_keeps_its_rules(book, document):
    page = BeautifulSoup((book / f"{document}.html").read_text(encoding="utf-8"), "html.parser")
    ids = [tag["id"] for tag in page.find_all(id=True)]
    assert sorted(name for name in set(ids) if ids.count(name) > 1) == []
    for name in ("title", "main"):
        assert len(page.find_all(name)) == 1, name
    for name in ("viewport", "description"):
        assert len(page.find_all("meta", attrs={"name": name})) == 1, name
    nested = [(tag.name, str(inner)[:80]) for tag in page(_WORDS_ONLY) if (inner := tag.find(_BLOCKS)) is not None]
    assert nested == []
    assert [str(tag)[:80] for tag in page(["a", "button", "summary"]) if tag.find(["a", "button", "input"])] == []
    named = [tag["for"] for tag in page("label") if tag.get("for")]
    for attribute in ("aria-labelledby", "aria-describedby", "aria-controls"):
        named += [name for tag in page.find_all(attrs={attribute: True}) for name in tag[attribute].split()]
    assert set(named) <= set(ids)
    # A caption is the first or the last part of its figure.
    for caption in page("figcaption"):
        parts = caption.parent.find_all(recursive=False)
        assert caption in (parts[0], parts[-1]), caption.parent.get("id")
