"""What holds of every page in a browser: it is read to its end, its formulas are set, its links lead on."""

import pytest

from tests.built_book import documents


def read_to_the_end(page):
    """Scrolls through a page as its reader does: each picture is there, each formula is set."""
    for _ in range(60):
        page.mouse.wheel(0, 2000)
        page.wait_for_timeout(20)
        if page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2"):
            break
    else:
        pytest.fail(f"{page.url} has no end")
    page.watch.wait_until_quiet()
    broken = page.evaluate(
        "[...document.images].filter(image => image.complete && !image.naturalWidth).map(image => image.src)"
    )
    assert broken == []
    # The formulas are set from the book's own files too.
    assert page.locator("mjx-container").count() == page.locator(".math").count()


def check_formulas(page):
    """Holds that every formula has its words for a screen reader, and is no tab stop where it fits its place."""
    count = page.locator(".math").count()
    page.wait_for_function("count => document.querySelectorAll('mjx-assistive-mml math').length === count", arg=count)
    # Except one that is wider than its place: the keyboard scrolls it.
    stops = page.evaluate(
        """[...document.querySelectorAll("mjx-container[tabindex]")]
            .filter((formula) => formula.tabIndex >= 0 && formula.scrollWidth <= formula.clientWidth).length"""
    )
    assert stops == 0


def check_navigation(page, home, document):
    """Holds that the sidebar shows every chapter, and that the arrow at the foot names the page that comes next."""
    shown = page.locator(".bd-sidebar-primary nav a:visible").evaluate_all("links => links.map(link => link.href)")
    names = documents()
    chapters = {f"{home}{name}.html" for name in names if name.startswith(("intro", "lessons/"))}
    assert {url.split("#")[0] for url in shown} >= chapters
    following = names[names.index(document) + 1 :][:1] if document in names else []
    arrows = page.locator("a.right-next").evaluate_all("links => links.map(link => link.href)")
    assert arrows == [f"{home}{name}.html" for name in following]
