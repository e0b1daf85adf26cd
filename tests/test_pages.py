"""The pages of the built book as a whole: nothing from elsewhere, one search bar, a phone's width, dark mode."""

import re
import zipfile

import pytest
from bs4 import BeautifulSoup

from tests.browser import DESKTOP, PHONE, Watch
from tests.built_book import documents, documents_with_figures
from tests.pixels import contrast, lightness
from tests.reading import read_to_the_end
from utils.book.archive import NAME, archive
from utils.book.pictures import cards

DOCUMENTS = documents()
EVERY_PAGE = [*DOCUMENTS, "search"]


# --- the files --------------------------------------------------------------------------------------------------------


def html_files(book):
    files = sorted(book.rglob("*.html"))
    assert len(files) > len(DOCUMENTS)
    return files


def test_no_page_needs_a_kernel(book):
    for path in book.rglob("*"):
        if path.suffix in (".html", ".js"):
            assert "widget-view+json" not in path.read_text(encoding="utf-8", errors="replace"), path


def test_no_page_or_style_names_a_file_of_another_host(book):
    outside = re.compile(r"^\s*(?:[a-z]+:)?//", re.IGNORECASE)
    fetched = {
        "script": "src",
        "img": "src",
        "iframe": "src",
        "source": "src",
        "video": "src",
        "audio": "src",
        "embed": "src",
    }
    for path in html_files(book):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        named = [tag.get(attribute, "") for name, attribute in fetched.items() for tag in page.find_all(name)]
        # A link to the next page or to the search is for the reader; the others are fetched.
        kinds = {
            "stylesheet",
            "preload",
            "prefetch",
            "preconnect",
            "dns-prefetch",
            "icon",
            "shortcut",
            "apple-touch-icon",
            "modulepreload",
            "manifest",
        }
        named += [tag.get("href", "") for tag in page.find_all("link") if kinds & set(tag.get("rel", []))]
        assert named, path
        assert [url for url in named if outside.match(url)] == [], path
    for path in book.rglob("*.css"):
        urls = re.findall(
            r"""(?:url\(|@import)\s*['"]?([^'")\s]+)""", path.read_text(encoding="utf-8", errors="replace")
        )
        assert [url for url in urls if outside.match(url)] == [], path


def test_the_book_is_small(book):
    size = sum(path.stat().st_size for path in book.rglob("*") if path.is_file())
    chapters = sum(name.startswith("lessons/") for name in DOCUMENTS)
    assert size < 25e6 * max(chapters, 4) / 4
    assert [path for path in book.rglob("*") if path.suffix in (".map", ".mo", ".po", ".ttf", ".inv")] == []


def test_the_archive_opens_from_a_file(book, browser, tmp_path):
    with zipfile.ZipFile(archive(book, tmp_path / "book.zip")) as pack:
        pack.extractall(tmp_path)
    page = browser.new_context(reduced_motion="reduce").new_page()
    watch = Watch(page, f"{(tmp_path / NAME).as_uri()}/")
    page.goto((tmp_path / NAME / "index.html").as_uri())
    page.wait_for_url("**/intro.html")
    figure = page.locator("figure.explore").first
    before = figure.locator("img").get_attribute("src")
    figure.locator("input[type=range]").first.press("ArrowRight")
    assert figure.locator("img").get_attribute("src") != before
    page.locator("img.card-picture + a").first.click()
    page.wait_for_url(f"**/{DOCUMENTS[1]}.html")
    watch.wait_until_quiet()
    watch.check()
    page.context.close()


# --- the title page ---------------------------------------------------------------------------------------------------


def test_every_chapter_has_a_card_with_a_picture_of_its_own(open_page, book):
    lessons = [f"{name}.html" for name in DOCUMENTS if name.startswith("lessons/")]
    found = cards((book / "intro.html").read_text(encoding="utf-8"))
    assert list(found) == lessons
    assert [address.split("#")[0] for address in found.values()] == lessons
    page = open_page("intro")
    for k in range(len(lessons)):
        picture = page.locator("img.card-picture").nth(k)
        picture.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=picture.element_handle())
    assert len(set(page.locator("img.card-picture").evaluate_all("all => all.map(image => image.src)"))) == len(lessons)


@pytest.mark.parametrize("viewport", [{"width": 1366, "height": 650}, {"width": 390, "height": 844}])
def test_who_does_not_scroll_sees_a_picture_and_no_code_before_it(open_page, viewport):
    page = open_page("intro", viewport=viewport)
    assert page.locator("figure.explore img").first.bounding_box()["y"] < viewport["height"] - 100
    above = page.evaluate(
        """() => {
            const figure = document.querySelector("figure.explore");
            return [...document.querySelectorAll("details.hide")]
                .filter((fold) => fold.compareDocumentPosition(figure) & Node.DOCUMENT_POSITION_FOLLOWING).length;
        }"""
    )
    assert above == 0


def test_chapters_are_numbered_in_the_navigation(open_page):
    page = open_page("intro")
    titles = page.locator(".bd-sidebar-primary li.toctree-l1.has-children > a").all_text_contents()
    assert [title.split(".")[0] for title in titles] == [str(k + 1) for k in range(len(titles))]
    assert len(titles) == sum(name.startswith("lessons/") for name in DOCUMENTS)


def test_every_page_says_what_it_is(book):
    titles = set()
    for document in DOCUMENTS:
        page = BeautifulSoup((book / f"{document}.html").read_text(encoding="utf-8"), "html.parser")
        titles.add(page.title.text)
        tags = {tag.get("property", tag.get("name")): tag.get("content") for tag in page("meta")}
        assert 60 < len(tags["description"]) <= 201, document
        assert tags["og:title"] in page.title.text
        assert ((book / f"{document}.html").parent / tags["og:image"]).resolve().is_file(), document
    assert len(titles) == len(DOCUMENTS)
    assert "Neural Networks, Hands On" in titles


# --- the pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", EVERY_PAGE)
def test_a_page_that_is_opened_as_a_file_is_read_to_its_end_and_stays_at_home(open_page, document):
    """Served pages are read in test_access.py."""
    read_to_the_end(open_page(document, "file"))


def test_every_page_names_an_icon_of_the_book(book):
    """Or browsers ask the host for /favicon.ico, which is not there."""
    for path in (path for path in html_files(book) if "_static" not in path.parts):
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        icons = [tag["href"] for tag in page.find_all("link") if "icon" in tag.get("rel", [])]
        assert icons, path
        assert all((path.parent / icon).resolve().is_file() for icon in icons), path


@pytest.mark.parametrize("way", ["http", "file"])
def test_the_index_leads_to_the_first_page(open_page, homes, way):
    page = open_page("index", way)
    page.wait_for_url(f"{homes[way]}{DOCUMENTS[0]}.html")


_SEARCHES = """() => [...document.querySelectorAll("input[type=search], input[name=q], .search-button__button")]
    .filter(field => field.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
    .map(field => field.tagName)"""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_there_is_one_search_bar_and_it_finds(open_page, viewport):
    page = open_page("intro", viewport=viewport)
    assert page.evaluate(_SEARCHES) == ["BUTTON"]
    page.locator(".search-button__button:visible").click()
    page.wait_for_function("document.activeElement.name === 'q'")
    assert [tag for tag in page.evaluate(_SEARCHES) if tag == "INPUT"] == ["INPUT"]
    page.keyboard.type("universal")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=universal*")
    page.locator("#search-results li a").first.wait_for()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_page_fits_a_phone(open_page, document):
    page = open_page(document, viewport=PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)
    page.watch.wait_until_quiet()
    assert page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth, innerWidth]") == [
        390,
        390,
        390,
    ]
    wide = page.evaluate(
        """() => [...document.querySelectorAll("img, figure, figcaption, .explore-control :is(input, select)")]
            .filter(part => !part.closest(".bd-sidebar-primary")) // a drawer, which waits beside the screen
            .map(part => [part.outerHTML.slice(0, 80), part.getBoundingClientRect()])
            .filter(([_, box]) => box.width > 0 && (box.left < -0.5 || box.right > 390.5)).map(([html]) => html)"""
    )
    assert wide == []


def test_the_arrow_leads_to_the_next_page(open_page, homes):
    """Where it points to on each page is looked at in test_access.py."""
    page = open_page(DOCUMENTS[0])
    page.locator("a.right-next").click()
    page.wait_for_url(f"{homes['http']}{DOCUMENTS[1]}.html")


# --- dark mode --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", documents_with_figures())
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_are_legible_in_light_and_dark(open_page, document, scheme):
    page = open_page(document, color_scheme=scheme, formulas=False)
    for k in range(page.locator("figure.explore").count()):
        figure = page.locator("figure.explore").nth(k)
        figure.scroll_into_view_if_needed()
        page.wait_for_function(
            "image => image.complete && image.naturalWidth > 0", arg=figure.locator("img").element_handle()
        )
        picture, caption = figure.locator("img").screenshot(), figure.locator("figcaption").screenshot()
        name = figure.get_attribute("id")
        ground, mean = lightness(picture)
        assert (ground < 0.25) == (mean < 0.5) == (scheme == "dark"), f"{name}: lightness {ground:.2f}, mean {mean:.2f}"
        assert contrast(picture) >= 7, f"{name}: the picture's writing has a contrast of {contrast(picture):.1f}"
        assert contrast(caption) >= 7, f"{name}: the caption has a contrast of {contrast(caption):.1f}"
        assert contrast(figure.locator("label").first.screenshot()) >= 4.5, f"{name}: the label of a control"


def test_the_button_switches_to_dark(open_page):
    page = open_page("intro")
    for _ in range(3):
        page.locator("button.theme-switch-button:visible").first.click()
        if page.evaluate("document.documentElement.dataset.theme") == "dark":
            return
    pytest.fail("three presses of the button, and the page is still light")
