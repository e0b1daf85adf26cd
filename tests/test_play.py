"""The play button: it walks through the stops of a slider, in the page and in a notebook, and stops when it should."""

import matplotlib.pyplot as plt
import pytest

from tests.browser import LAPTOP, Watch, serve
from tests.figures import Figure
from tests.one_page import bake, write_page
from utils.explore import BAKE_VARIABLE, ExploreError, baked, explore


def growing(step=2, thick=False):
    """A line that grows."""
    fig, ax = plt.subplots(figsize=(4.8, 3.6))
    ax.plot([0, step], linewidth=3 if thick else 1)
    ax.set_ylim(0, 12)
    return fig, f"Step {step}{', thick' if thick else ''}."


PACE = 800  # ms a stop


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A page with the figure, and all that it needs."""
    folder = tmp_path_factory.mktemp("play")
    write_page(folder, bake(folder, explore(play="step", step=(1, 7))(growing)))
    return folder


@pytest.fixture
def open_figure(browser, folder):
    """Gives a function that opens a page with the figure and gives it; at the end it may not have complained."""
    watches = []
    with serve(folder) as home:

        def open_figure(**settings):
            page = browser.new_context(viewport=LAPTOP, **settings).new_page()
            watches.append(Watch(page, home))
            # What a screen reader hears is noted.
            page.add_init_script("""
                window.heard = [];
                new MutationObserver(() => {
                    const said = document.querySelector(".explore-said")?.textContent;
                    if (said && window.heard.at(-1) !== said) window.heard.push(said);
                }).observe(document, { childList: true, subtree: true, characterData: true });
            """)
            page.clock.install(time=0)
            page.goto(f"{home}index.html", wait_until="load")
            page.clock.pause_at(60_000)  # from here on the time runs when a test says so
            return Figure(page, "growing")

        yield open_figure
    for watch in watches:
        watch.check()


def run_until(figure, stop, ticks=19):
    """Lets the time run, a stop's at a time, until the figure stands at a stop; gives the stops that it went through.

    A picture that is not there yet is waited for, and on a loaded machine each may be.
    """
    seen = []
    while stop not in seen and ticks:
        figure.page.clock.run_for(PACE)
        seen.append(figure.look()["written"][0])
        ticks = ticks - 1 if seen[-1:] == seen[-2:-1] else 19
    return list(dict.fromkeys(seen))


def button(figure):
    return figure.locator.get_by_role("button")


def test_it_walks_to_the_end_and_says_the_last_reading_only(open_figure):
    figure = open_figure()
    figure.look()
    assert button(figure).inner_text() == "Play step"
    figure.fields.last.focus()
    figure.page.keyboard.press("Tab")
    figure.page.keyboard.press("Enter")
    assert button(figure).inner_text() == "Stop step"
    assert [stop for stop in run_until(figure, "7") if stop != "2"] == ["3", "4", "5", "6", "7"]
    assert figure.look()["caption"] == "Step 7."
    assert button(figure).inner_text() == "Play step"
    assert figure.page.evaluate("heard") == ["Step 7."]
    assert figure.page.evaluate("location.hash") == "#growing?step=7&thick=off"
    figure.page.keyboard.press("Enter")  # and from the end it starts again
    assert figure.look()["written"][0] == "1"
    assert "2" in run_until(figure, "2")


STOPS = {
    "its button": lambda figure: button(figure).click(),
    "another control": lambda figure: figure.move(1, 1),
    "its own control": lambda figure: figure.move(0, 3),
    "an address": lambda figure: figure.page.evaluate("location.hash = '#growing?step=4'"),
    "out of sight": lambda figure: figure.page.evaluate("scrollTo(0, 0)"),
    "another tab": lambda figure: figure.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))"),
    "no more motion": lambda figure: figure.page.emulate_media(reduced_motion="reduce"),
}


@pytest.mark.parametrize("what", STOPS)
def test_it_stops(open_figure, what):
    figure = open_figure()
    figure.look()
    button(figure).click()
    run_until(figure, "3")
    STOPS[what](figure)
    figure.page.wait_for_function("() => !document.querySelector('.explore-play').textContent.startsWith('Stop')")
    now = figure.fields.first.input_value()
    figure.page.clock.run_for(3000)
    assert figure.fields.first.input_value() == now


def test_who_wants_no_motion_goes_a_stop_a_press(open_figure):
    figure = open_figure(reduced_motion="reduce")
    figure.look()
    seen = []
    for _ in range(7):
        assert button(figure).inner_text() == "Next step"
        button(figure).click()
        figure.page.clock.run_for(3000)
        seen.append(figure.look()["written"][0])
    assert seen == ["3", "4", "5", "6", "7", "1", "2"]
    assert figure.page.evaluate("heard.at(-1)") == "Step 2."


def test_a_picture_that_comes_late_is_waited_for_and_one_that_never_comes_is_passed(open_figure):
    figure = open_figure()
    figure.look()
    frames = [figure.frames[(k, 0)] for k in range(7)]
    held = []
    figure.page.route(f"**/{frames[4]}.png", lambda route: held.append(route))
    button(figure).click()
    run_until(figure, "4")
    figure.page.clock.run_for(10 * PACE)
    assert figure.look()["written"] == ["4", "off"]
    figure.page.clock.run_for(15 * PACE)
    assert figure.fields.first.input_value() > "3"
    held[0].continue_()
    figure.look()


# --- live -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv(BAKE_VARIABLE, raising=False)
    instrument = explore(play="step", step=baked((1, 9), stops=[1, 2, 5, 9]), thick=False)(growing)
    instrument.mimebundle()
    return instrument._view


def test_live_it_moves_the_control_and_a_hand_stops_it(live):
    play, (step, thick) = live.player.button, (control.widget for control in live.instrument.controls)
    assert (play.min, play.max, play.value, play.interval) == (0, 3, 1, 800)
    play.playing, play.value = True, 2  # as its front end does
    assert (step.value, play.playing) == (5, True)
    assert 'aria-live="off"' in live.reading.value
    assert "Step 5." in live.reading.value
    thick.value = True
    assert (step.value, play.value, play.playing) == (5, 2, False)
    assert 'aria-live="polite"' in live.reading.value
    play.playing, step.value = True, 7
    assert (step.value, play.value, play.playing) == (7, 2, False)
    play.playing, play.value = True, 3
    assert step.value == 9
    play.playing = False
    play.playing = True  # from the end it starts again
    assert (step.value, play.value, play.playing) == (1, 0, True)


def test_live_an_error_stops_it(live):
    play = live.player.button
    live.instrument.draw = None
    play.playing = True
    with pytest.raises(ExploreError, match="could not be drawn at step=5"):
        play.value = 2
    assert not play.playing
    assert 'role="alert"' in live.reading.value


@pytest.mark.parametrize(
    ("play", "controls", "has"),
    [
        ("epoch", {"step": (1, 7)}, "step"),
        ("thick", {"step": (1, 7)}, "step"),
        ("step", {"step": [1, 2, 3]}, "it has none"),
        ("step", {"step": (1, 2)}, "it has none"),
        (True, {"step": (1, 7)}, "step"),
    ],
)
def test_only_a_slider_can_be_played(play, controls, has):
    with pytest.raises(ExploreError, match=rf"can play a slider .* \({has}\)\. Received: play={play!r}"):
        explore(play=play, **controls)(growing)
