"""Every figure of the built book fits the screen: a laptop's as a whole, a phone's while its picture is scrolled."""

import pytest

from tests.browser import LAPTOP, SMALL_PHONE
from tests.built_book import documents_with_figures
from tests.figures import figures

each_document = pytest.mark.parametrize("document", documents_with_figures())

#: No writing in a picture is smaller than this at the picture's own width, in CSS pixels.
SMALLEST_WRITING = 16.1

#: Where the parts of a figure are in the window, and the lower end of the bar at its top.
_PLACES = """figure => {
    const box = part => {
        const { top, bottom, left, right } = part.getBoundingClientRect();
        return { top, bottom, left, right };
    };
    return {
        bar: box(document.querySelector(".bd-header-article")).bottom,
        controls: box(figure.querySelector(".explore-controls")),
        picture: box(figure.querySelector("img")),
        reading: box(figure.querySelector("figcaption")),
        own: Number(figure.querySelector("img").getAttribute("width")),
    };
}"""

#: The heights of a figure with each of its readings.
_HEIGHTS = """figure => {
    const { readings } = JSON.parse(figure.querySelector(".explore-data").textContent);
    const words = figure.querySelector("figcaption > span");
    const shown = words.textContent;
    const heights = [shown, ...new Set(readings)].map(reading => {
        words.textContent = reading;
        return [figure.offsetHeight, reading];
    });
    words.textContent = shown;
    return heights;
}"""


def parts(places):
    return {name: places[name] for name in ("controls", "picture", "reading")}


def writing(places):
    """Gives the size of the smallest writing of a picture as it is shown."""
    return SMALLEST_WRITING * (places["picture"]["right"] - places["picture"]["left"]) / places["own"]


def reach(page, figure):
    """Goes to the first control of a figure by Tab, as its reader does, and gives where its parts are then."""
    figure.locator.evaluate("figure => figure.scrollIntoView({ block: 'center' })")
    figure.fields.first.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert figure.fields.first.evaluate("field => field === document.activeElement"), figure.id
    return figure.locator.evaluate(_PLACES)


def check_heights(page):
    """Holds that nothing jumps when a reading is longer."""
    for figure in figures(page):
        (now, _), *others = figure.locator.evaluate(_HEIGHTS)
        assert [reading for height, reading in others if height != now] == [], figure.id


@each_document
def test_on_a_laptop_controls_picture_and_reading_are_on_the_screen_together(open_page, document):
    page = open_page(document, formulas=False, viewport=LAPTOP)
    for figure in figures(page):
        places = reach(page, figure)
        for name, box in parts(places).items():
            assert places["bar"] <= box["top"] < box["bottom"] <= LAPTOP["height"], f"{figure.id}: the {name} at {box}"
            assert box["left"] >= 0, f"{figure.id}: the {name} at {box}"
            assert box["right"] <= LAPTOP["width"], f"{figure.id}: the {name} at {box}"
        assert writing(places) >= 11, f"{figure.id}: writing of {writing(places):.1f} px"
    check_heights(page)


@each_document
def test_on_a_phone_controls_and_reading_stay_while_the_picture_is_scrolled(open_page, document):
    page = open_page(document, formulas=False, viewport=SMALL_PHONE, has_touch=True, is_mobile=True)
    height = SMALL_PHONE["height"]
    for figure in figures(page):
        places = reach(page, figure)
        seen = []
        # Down to the lower end of the picture, where it stands at the lower end of the window.
        for _ in range(20):
            bar, controls, picture, reading = (places[name] for name in ("bar", "controls", "picture", "reading"))
            assert bar - 1 <= controls["top"] < controls["bottom"] <= reading["top"] + 1.5, f"{figure.id}: {places}"
            assert reading["bottom"] <= height, f"{figure.id}: {places}"
            seen.append((max(picture["top"], reading["bottom"]) - picture["top"], height - picture["top"]))
            if picture["bottom"] <= height:
                break
            page.evaluate("down => scrollBy(0, down)", min(100, picture["bottom"] - height + 1))
            places = figure.locator.evaluate(_PLACES)
        else:
            pytest.fail(f"{figure.id} is not seen to its end: {places}")
        # Each part of the picture has been seen: what one step shows begins above the end of what the last one showed.
        assert seen[0][0] <= 1, f"{figure.id}: the top of the picture is covered: {seen}"
        assert all(later[0] <= earlier[1] for earlier, later in zip(seen, seen[1:], strict=False)), figure.id
        together = reading["bottom"] - 1 <= picture["top"] < picture["bottom"] <= height
        left = height - reading["bottom"]
        assert together or left >= 0.45 * height, f"{figure.id}: little is left for the picture: {places}"
        assert writing(places) >= 9, f"{figure.id}: writing of {writing(places):.1f} px"
    check_heights(page)
