"""A board beside a figure: stops that were tried are noted on it, in the page and in a notebook."""

import json

import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup

from tests.browser import LAPTOP, Watch, serve
from tests.figures import Figure
from tests.one_page import bake, write_page
from utils.book.records import figures_in, frames_of
from utils.explore import BAKE_VARIABLE, ExploreError, explore


def steps(depth=2, rate=0.1):
    """A line."""
    fig, ax = plt.subplots(figsize=(4.8, 3.6))
    ax.plot([0, depth], [0, rate])
    ax.set(xlim=(0, 4), ylim=(0, 1))
    return fig, f"Depth {depth} at {rate}."


def rates(noted):
    """The rates that were tried over the depth."""
    fig, ax = plt.subplots(figsize=(4, 3))
    ax.set(xlim=(0, 4), ylim=(0, 1))
    ax.set_position([0.25, 0.2, 0.5, 0.5])
    for values in noted:
        ax.plot(values["depth"], values["rate"], "o", color="blue", gid="noted")
        ax.plot(values["depth"], 0.5, "D", color="orange", gid="answer")
    return fig


CONTROLS = {"depth": (1, 3), "rate": [0.1, 0.5]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A page with a figure and its board, and all that they need."""
    folder = tmp_path_factory.mktemp("board")
    board = '<link rel="stylesheet" href="board.css"><script defer src="board.js"></script>'
    write_page(folder, bake(folder, explore(board=rates, **CONTROLS)(steps)), head=board)
    return folder


def test_the_page_holds_the_empty_board_and_the_places_of_its_points(folder):
    board = BeautifulSoup((folder / "index.html").read_text(encoding="utf-8"), "html.parser").find(
        class_="explore-board"
    )
    assert board["data-of"] == "steps"
    # The book copies what the figures name.
    (figure,) = figures_in((folder / "index.html").read_text(encoding="utf-8")).values()
    assert board.img["src"] == f"frames/{figure['board']}.png"
    assert frames_of(figure) == {*figure["frames"], figure["board"]}
    assert (folder / board.img["src"]).is_file()
    assert board.img["alt"] == "The rates that were tried over the depth."
    places = [
        # axes from 25 to 75 % of the width and from 20 to 70 % of the height, from below; depths and rates in order
        [[round(25 + 50 * depth / 4, 2), round(100 - (20 + 50 * rate), 2)] for rate in (0.1, 0.5)]
        for depth in (1, 2, 3)
    ]
    marks = json.loads(board.find(class_="explore-marks").string)
    assert [mark[0][1:3] for mark in marks] == sum(places, [])
    assert [mark[0][3:] for mark in marks] == [["blue", False]] * 6
    assert [mark[1][0] for mark in marks] == ["answer"] * 6
    assert [mark[1][3:] for mark in marks] == [["orange", True]] * 6


@pytest.fixture
def opened(browser, folder):
    """Gives a function that opens the page, always in the same browser's profile."""
    watches, context = [], browser.new_context(viewport=LAPTOP, reduced_motion="reduce")
    with serve(folder) as home:

        def opened(way="http"):
            page = context.new_page()
            where = home if way == "http" else f"{folder.as_uri()}/"
            watches.append(Watch(page, where))
            page.goto(f"{where}index.html", wait_until="load")
            return page, Figure(page, "steps")

        yield opened
    for watch in watches:
        watch.check()


MARKS = """() => [...document.querySelectorAll(".explore-mark")].map(mark => {
    const [box, plot] = [mark, mark.parentElement].map(part => part.getBoundingClientRect());
    const place = [box.x + box.width / 2 - plot.x, box.y + box.height / 2 - plot.y];
    return [mark.classList.contains("explore-noted"), ...place.map(Math.round)];
})"""


@pytest.mark.parametrize("way", ["http", "file"])
def test_noted_stops_stay_in_this_browser_until_they_are_cleared(opened, way):
    page, figure = opened(way)
    figure.look()
    assert page.evaluate(MARKS) == []
    note, clear = (page.get_by_role("button", name=name) for name in ("Note this point", "Clear"))
    note.click()
    note.click()  # a second time changes nothing
    figure.move(0, 2)
    note.click()
    marks = page.evaluate(MARKS)
    # The picture is 400 x 300 CSS pixels.
    assert marks == [[True, 200, 225], [False, 200, 165], [True, 250, 225], [False, 250, 165]]
    readings = page.locator(".explore-board li").all_inner_texts()
    assert readings == ["Depth 2 at 0.1.", "Depth 3 at 0.1."]
    assert page.locator(".explore-said").inner_text() == "Noted: Depth 3 at 0.1."
    again, _ = opened(way)
    assert again.evaluate(MARKS) == marks
    clear.click()
    assert page.evaluate(MARKS) == []
    assert opened(way)[0].evaluate(MARKS) == []


@pytest.mark.parametrize("stored", ["{", "3", '["gone", "[\\"2\\",\\"0.1\\"]"]'])
def test_what_is_stored_and_is_no_stop_is_left_out(opened, stored):
    page, _ = opened()
    page.evaluate("stored => localStorage.setItem(`explore ${location.pathname} steps`, stored)", stored)
    page.reload()
    page.get_by_role("button", name="Note this point").click()
    assert page.locator(".explore-board li").all_inner_texts() == ["Depth 2 at 0.1."]


def test_without_a_store_notes_last_as_long_as_the_page(opened):
    page, _ = opened()
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }")
    page.get_by_role("button", name="Note this point").click()
    assert len(page.evaluate(MARKS)) == 2


def test_live(monkeypatch):
    monkeypatch.delenv(BAKE_VARIABLE, raising=False)
    instrument = explore(board=rates, **CONTROLS)(steps)
    instrument.mimebundle()
    board, (depth, _) = instrument._view.board, (control.widget for control in instrument.controls)
    empty = board.picture.value
    board.note.click()
    board.note.click()
    depth.value = 3
    board.note.click()
    assert [values for values, _ in board.noted] == [{"depth": 2, "rate": 0.1}, {"depth": 3, "rate": 0.1}]
    assert board.list.value.count("<li>Depth") == 2
    assert board.picture.value != empty
    board.clear.click()
    assert (board.noted, board.picture.value) == ([], empty)
    assert plt.get_fignums() == []


def no_docstring(noted):
    return rates(noted)


def no_figure(noted):
    """Nothing."""


def no_marks(noted):
    """A plot without points."""
    return rates([])


def small(noted):
    """A plot whose writing is small."""
    fig = rates(noted)
    fig.axes[0].set_title("small", fontsize=4)
    return fig


@pytest.mark.parametrize(
    ("board", "message"),
    [
        (no_docstring, "needs a board made with def, with a docstring"),
        (3, "needs a board made with def, with a docstring. Received: 3"),
        (no_figure, "must be a Figure. Received: NoneType"),
        (no_marks, r"a point with gid='noted' for \{'depth': 1, 'rate': 0.1\}"),
        (small, "must have texts that can be read. Received: .*small"),
    ],
)
def test_a_board_that_is_none_is_refused(bake_folder, board, message):
    with pytest.raises(ExploreError, match=message):
        explore(board=board, **CONTROLS)(steps).mimebundle()
