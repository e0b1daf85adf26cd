"""A figure in a page of its own, in a browser: its HTML, its first second, what is spoken, its address, the Tab key."""

import http.server
import threading
from urllib.parse import quote

import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup

from tests.browser import LAPTOP, Watch, serve
from tests.built_book import ROOT
from tests.figures import figures
from tests.one_page import bake, write_page
from utils.explore import explore


def lines(curve_n=1, café="crème", thick=False):
    """Shows a line whose slope is the number of its curve.

    What is written further down is for those who read the code.
    """
    fig, ax = plt.subplots(figsize=(4.8, 3.6))
    ax.plot([0, curve_n], linewidth=3 if thick else 1)
    ax.set_ylim(0, 12)
    ax.set_title(café)
    return fig, f"The slope is {curve_n}{' thick' if thick else ''} with {café}" + "; it rises" * curve_n + "."


def other(n=2):
    """A line."""
    fig, ax = plt.subplots(figsize=(4.8, 3.6))
    ax.plot([0, n])
    ax.set_ylim(0, 3)
    return fig, f"n is {n}."


@pytest.fixture
def baked(tmp_path):
    """Gives two figures as the page holds them, and a folder with all that such a page needs."""
    both = [explore(curve_n=(1, 5), café=["crème", "noir"])(lines), explore(n=(1, 3))(other)]
    both[0].id, both[0].title = "línes", "Lines by number"
    both = bake(tmp_path, *both)
    write_page(tmp_path, both)
    return tmp_path, both


@pytest.fixture
def open_figures(browser, baked):
    """Gives a function that opens the page of both figures; at the end it may not have complained."""
    folder, _ = baked
    watches = []
    with serve(folder) as home:

        def open_figures(address=""):
            page = browser.new_context(viewport=LAPTOP, reduced_motion="reduce").new_page()
            watches.append(Watch(page, home))
            page.goto(f"{home}index.html{address}", wait_until="load")
            return page

        yield open_figures
    for watch in watches:
        watch.check()


def test_the_html_of_a_figure(baked):
    first, second = (BeautifulSoup(html, "html.parser").find("figure") for html in baked[1])
    # A caption is the last or the first part of a figure, and a checkbox has nothing to complete.
    assert [part.name for part in first.find_all(recursive=False)] == ["div", "img", "script", "figcaption"]
    assert [field.get("autocomplete") for field in first.select("[name]")] == ["off", "off", None]
    assert first.find(role="group")["aria-label"] == "Lines by number: controls"
    assert second.find(role="group")["aria-label"] == "Other: controls"
    reading = "The slope is 1 with crème; it rises."
    assert first.find("figcaption").string == reading
    assert first.find("img")["alt"] == f"Shows a line whose slope is the number of its curve. {reading}"
    assert second.find("img")["alt"] == "A line. n is 2."


class _InTwoParts(http.server.BaseHTTPRequestHandler):
    """Sends a page up to a point, and the rest when it is told to."""

    parts, go_on = (b"", b""), threading.Event()

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.parts[0])
        self.wfile.flush()
        assert self.go_on.wait(60)
        self.wfile.write(self.parts[1])


def test_a_figure_works_while_the_rest_of_the_page_is_still_arriving(browser, baked):
    _, both = baked
    script = (ROOT / "_static/explore.js").read_text(encoding="utf-8")
    before, after = both[1].split('"readings":["n is 1.", "n'.replace(", ", ","))
    before += '"readings":["n is 1.","n'
    _InTwoParts.go_on.clear()
    # The page breaks off within the data of its second figure.
    _InTwoParts.parts = (
        f'<!DOCTYPE html><meta charset="utf-8"><script>{script}</script>{both[0]}{before}'.encode(),
        after.encode(),
    )
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _InTwoParts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        page = browser.new_context(viewport=LAPTOP).new_page()
        errors = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"http://127.0.0.1:{server.server_port}/", wait_until="commit")
        page.locator("figure.explore").nth(1).wait_for(state="attached")
        caption = page.locator("figure.explore figcaption").first
        page.locator("[name=curve_n]").focus()
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.readyState") == "loading"
        assert caption.inner_text() == "The slope is 2 with crème; it rises; it rises."
        _InTwoParts.go_on.set()
        page.wait_for_load_state("domcontentloaded")
        page.locator("[name=n]").focus()
        page.keyboard.press("ArrowRight")
        assert page.locator("figure.explore figcaption").nth(1).inner_text() == "n is 3."
        assert errors == []
    finally:
        _InTwoParts.go_on.set()
        server.shutdown()
        server.server_close()


def test_a_screen_reader_hears_one_reading_when_the_hand_rests_and_none_when_a_reader_comes_back(open_figures):
    page = open_figures()
    page.evaluate("""() => {
        window.written = [];
        window.spoken = [];
        new MutationObserver(changes => {
            const live = document.querySelector("[role=status]");
            const isLive = change => live !== null && live.contains(change.target);
            window.written.push(...changes.filter(change => !isLive(change)).map(change => change.target.nodeName));
            if (changes.some(isLive)) window.spoken.push(live.textContent);
        }).observe(document.body, { childList: true, characterData: true, subtree: true });
    }""")
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    page.wait_for_timeout(600)
    assert page.evaluate("[written, spoken]") == [[], []]
    assert page.locator("[aria-live]").count() == 0  # what a caption says while it changes is not spoken
    page.locator("[name=curve_n]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("spoken.length > 0")
    page.wait_for_timeout(600)
    assert page.evaluate("spoken") == ["The slope is 4 with crème; it rises; it rises; it rises; it rises."]
    assert page.evaluate("spoken[0]") == page.locator("figcaption").first.inner_text()


@pytest.mark.parametrize("encode", [quote, str])
def test_names_and_values_beyond_ascii_come_back_from_their_address(open_figures, encode):
    page = open_figures(f"#{encode('línes')}?{encode('café')}=noir&curve_n=3")
    assert figures(page)[0].look()["at"] == [2, 1, 0]
    page.locator("[name=café]").select_option("crème")
    page.wait_for_function("location.hash.includes('me')")
    page.reload()
    assert figures(page)[0].look()["at"] == [2, 0, 0]


def test_a_figure_reached_by_tab_is_on_the_screen_as_a_whole(open_figures):
    page = open_figures()
    # The tab stops are the controls, from the first figure to the second and back.
    for key in ["Tab"] * 4 + ["Shift+Tab"] * 3:
        page.keyboard.press(key)
        box = page.evaluate("""() => {
            const box = document.activeElement.closest("figure").getBoundingClientRect();
            return [box.top, box.bottom];
        }""")
        assert 56 <= box[0] < box[1] <= LAPTOP["height"], f"{key}: the figure stands at {box}"


def test_a_click_does_not_scroll_the_page(open_figures):
    page = open_figures()
    page.mouse.wheel(0, 1300)
    page.wait_for_function("scrollY >= 1300")
    page.locator("[name=thick]").click()
    assert page.locator("[name=thick]").is_checked()
    assert page.evaluate("scrollY") == 1300


def test_on_paper_a_figure_is_one_piece_without_controls(open_figures):
    page = open_figures()
    page.emulate_media(media="print")
    figure = page.locator("figure.explore").first
    assert figure.evaluate("figure => getComputedStyle(figure).breakInside") == "avoid"
    assert not figure.locator(".explore-controls").is_visible()
    image, caption = figure.locator("img").bounding_box(), figure.locator("figcaption").bounding_box()
    assert caption["y"] >= image["y"] + image["height"]
    assert image["width"] == 480
