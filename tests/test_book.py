"""The figures of the built book, in a browser, with no network: every control moved, what it shows compared."""

import urllib.parse

import pytest

from tests.browser import PHONE
from tests.built_book import documents_with_figures, readings_file, recorded_readings
from tests.compare import difference
from tests.figures import figures

each_document = pytest.mark.parametrize("document", documents_with_figures())


def test_the_intro_and_lesson_01_show_at_least_seven_figures(open_page):
    documents = ["intro", "lessons/01_universal_approximation"]
    shown = [figure.id for document in documents for figure in figures(open_page(document, formulas=False))]
    assert len(shown) >= 7, shown


def check_labels(page):
    """Holds that controls have labels and follow each other with Tab."""
    for figure in figures(page):
        figure.fields.first.focus()
        for k, control in enumerate(figure.data["controls"]):
            field = figure.fields.nth(k)
            seen = field.evaluate(
                """field => ({
                    focused: document.activeElement === field && field.matches(":focus-visible"),
                    outline: getComputedStyle(field).outlineStyle,
                    label: [...field.labels].map(label => label.innerText.trim()), // hidden ones are empty
                })"""
            )
            where = f"{figure.id}, {control['name']}"
            assert len(seen["label"]) == 1, f"{where}: expected one visible label. Received: {seen['label']}"
            assert seen["label"][0], f"{where}: an empty label"
            # A figure that a script focuses shows no outline in every browser; the ones reached by Tab must.
            assert k == 0 or (seen["focused"] and seen["outline"] != "none"), (
                f"{where}: not reached by Tab, or invisibly"
            )
            page.keyboard.press("Tab")


@pytest.mark.parametrize("way", ["http", "file"])
@each_document
def test_every_control_has_a_label_and_moves_by_keyboard(open_page, document, way):
    page, readings = open_page(document, way, formulas=False), recorded_readings()[readings_file(document)]
    assert {figure.id for figure in figures(page)} == readings.keys()
    check_labels(page)
    for figure in figures(page):
        before = figure.look()
        for k, position in figure.tries():
            figure.move(k, position)
            now = figure.look()
            where = f"{figure.id} at {now['of']}"
            assert now["at"][k] == position, f"{where}: expected {figure.stops(k)[position]}"
            assert now["frame"] == figure.frames[tuple(now["at"])], f"{where}: the picture of another stop"
            assert (now["frame"] != before["frame"]) == (
                figure.frames[tuple(before["at"])] != figure.frames[tuple(now["at"])]
            )
            assert now["alt"] == figure.alt(now["caption"]), where
            assert now["spoken"] == now["written"] == [figure.stops(j)[at] for j, at in enumerate(now["at"])], where
            assert (wrong := difference(readings[figure.id][now["of"]], now["caption"])) is None, f"{where}: {wrong}"
            before = now


@each_document
def test_a_tap_moves_a_slider(open_page, document):
    page = open_page(document, formulas=False, viewport=PHONE, has_touch=True, is_mobile=True)
    for figure in figures(page):
        for k, control in enumerate(figure.data["controls"]):
            field, last = figure.fields.nth(k), len(control["stops"]) - 1
            if field.get_attribute("type") == "range":
                field.scroll_into_view_if_needed()
                box = field.bounding_box()
                assert box["height"] >= 44, f"{figure.id}, {control['name']}: lower than a finger: {box['height']}"
                for position, x in ((last, box["width"] - 3), (0, 3)):
                    field.tap(position={"x": x, "y": box["height"] / 2})
                    assert figure.look()["at"][k] == position, f"{figure.id}, {control['name']}: a tap at {x} px"
            elif field.get_attribute("type") == "checkbox":
                before = figure.look()["at"][k]
                field.tap()
                assert figure.look()["at"][k] == 1 - before, f"{figure.id}, {control['name']}: a tap"


@each_document
def test_without_javascript_the_default_picture_and_reading_stand_there(open_page, document):
    page = open_page(document, formulas=False, java_script_enabled=False)
    wanted = set()
    for figure in figures(page):
        image, caption = figure.locator.locator("img"), figure.locator.locator("figcaption")
        at = tuple(control["default"] for control in figure.data["controls"])
        figure.locator.scroll_into_view_if_needed()
        assert image.get_attribute("src").endswith(f"/{figure.frames[at]}.png")
        assert image.get_attribute("alt") == figure.alt(caption.inner_text())
        stop = ", ".join(
            f"{control['name']}={control['stops'][k]}" for control, k in zip(figure.data["controls"], at, strict=True)
        )
        recorded = recorded_readings()[readings_file(document)][figure.id][stop]
        assert difference(recorded, caption.inner_text()) is None, f"{figure.id} at {stop}"
        assert min(image.bounding_box()[side] for side in ("width", "height")) > 100
        assert not figure.locator.locator(".explore-controls").is_visible()
        wanted.add(f"{figure.frames[at]}.png")
    assert wanted
    assert wanted <= {url.split("/")[-1] for url in page.watch.requests}


def state(figure, at):
    """Gives the address of a figure's state, and the stops it names."""
    names = {control["name"]: control["stops"][k] for control, k in zip(figure.data["controls"], at, strict=True)}
    return f"#{figure.id}?{urllib.parse.urlencode(names)}", names


@pytest.mark.parametrize("way", ["http", "file"])
@each_document
def test_the_address_opens_a_state_and_follows_the_controls(open_page, document, way):
    page = open_page(document, way, formulas=False)
    for figure in figures(page):
        last = [len(control["stops"]) - 1 for control in figure.data["controls"]]
        address, _ = state(figure, last)
        # From within the page, as a link in the text does it; below, as a link from elsewhere.
        page.evaluate("address => { location.hash = address; }", address)
        assert figure.look()["at"] == last
        figure.move(0, 0)
        page.wait_for_function("old => location.hash !== old", arg=address)
        written = page.evaluate("location.hash")
        assert written.startswith(f"#{figure.id}?")
        _, names = state(figure, figure.look()["at"])
        assert dict(urllib.parse.parse_qsl(written.partition("?")[2])) == names
    opened = open_page(document, way, address=address)
    opened.wait_for_function(
        """id => {
            const box = document.getElementById(id).getBoundingClientRect();
            return box.top < innerHeight && box.bottom > 0;
        }""",
        arg=figure.id,
    )
    assert figures(opened)[-1].look()["at"] == last


def test_nonsense_in_the_address_changes_nothing(open_page):
    document = documents_with_figures()[0]  # the script is the same on every page
    figure = figures(open_page(document, formulas=False))[0]
    default, name = figure.look()["at"], figure.data["controls"][0]["name"]
    for nonsense in (
        f"#{figure.id}?{name}=nonsense&who=me",
        f"#{figure.id}?{name}=%E0%A4%A?&=",
        "#nobody?n=1",
        "#%?",
    ):
        page = open_page(document, formulas=False, address=nonsense)
        assert figures(page)[0].look()["at"] == default, nonsense
        page.close()


@each_document
def test_frames_are_fetched_when_they_are_needed(open_page, document):
    # A window so low that most figures of a page are far from it; Chromium fetches lazy pictures up to 2,500 px ahead.
    page = open_page(document, formulas=False, viewport={"width": 1280, "height": 400})
    page.watch.wait_until_quiet()
    shown = figures(page)
    tops = {figure.id: figure.locator.bounding_box()["y"] for figure in shown}

    # The cards of the title page show a picture each, and so does a board.
    others = page.locator("img.card-picture, .explore-board img")
    cards = set(others.evaluate_all("all => all.map(image => image.src)"))

    def fetched():
        return {
            url.split("/")[-1].removesuffix(".png")
            for url in page.watch.requests
            if "/_explore/" in url and url not in cards
        }

    def wanted(figure):
        at = tuple(figure.look()["at"])
        steps = [(*at[:k], at[k] + step, *at[k + 1 :]) for k in range(len(at)) for step in (1, -1)]
        return {figure.frames[stop] for stop in [at, *steps] if stop in figure.frames}

    at_start = fetched()
    defaults = {
        figure.id: figure.frames[tuple(control["default"] for control in figure.data["controls"])] for figure in shown
    }
    close = {frame for figure in shown if tops[figure.id] < 400 + 300 for frame in wanted(figure)}
    soon = {defaults[name] for name, top in tops.items() if top < 400 + 2500}
    assert close <= at_start <= close | soon
    so_far = at_start
    for figure in shown:
        figure.locator.scroll_into_view_if_needed()
        page.wait_for_function(
            """wanted => {
                const fetched = performance.getEntriesByType("resource").map(entry => entry.name).join();
                return wanted.every(frame => fetched.includes(frame));
            }""",
            arg=sorted(wanted(figure)),
        )
        so_far |= wanted(figure)
    assert fetched() <= so_far | set(defaults.values())
