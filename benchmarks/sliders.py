"""Measures a figure's answer to a key: from the press of an arrow key to the new picture on the screen.

    python -m benchmarks.sliders

Side by side, the same figure of lesson 01 (`relu_sum`): in the built book, its frames fetched; live in JupyterLab by
`utils.explore`; and live in JupyterLab by plain `ipywidgets.interact`. Then the figure `at_work` of lesson 04, live in
JupyterLab: at each press lambda moves, a net is trained and the figure drawn. All in the Chromium of the tests.

What is measured: the browser's own clocks. The start is the time stamp of the key press, the end the moment when
Chromium hands the frame with the new picture to the screen (Element Timing, `renderTime`, in steps of 4 ms). It holds
the script, the decoding of the picture and the wait for the screen's next frame, which is 8 ms on the average.
Reference: https://wicg.github.io/element-timing/
"""

import platform
import statistics
import tempfile
from importlib.metadata import version
from pathlib import Path

import nbformat

from benchmarks.train import processor, save
from tests.browser import Watch, chromium, serve
from tests.built_book import ROOT, build
from tests.lab import jupyter_lab, run_all

LESSON, FIGURE, SLIDER, STOPS = "lessons/01_universal_approximation", "relu_sum", "hinges", 32
TRAINED_LESSON, TRAINED_FIGURE, TRAINED_STOPS = "lessons/04_regularization", "at_work", 7
PRESSES = 48

INTERACT = f"""
import matplotlib.pyplot as plt
from ipywidgets import interact

@interact(target=list(TARGETS), hinges=(1, 32))
def by_interact(target="sine", hinges=4):
    fig, reading = {FIGURE}.draw(target=target, hinges=hinges)
    plt.show()
    print(reading)
"""

#: Notes when keys are pressed and when pictures inside `root` are on the screen; also those that come later.
_WATCH = """root => {
    window.stopWatching?.();
    window.pressed = [];
    window.painted = [];
    const mark = () => root.querySelectorAll("img").forEach(image => image.setAttribute("elementtiming", "picture"));
    mark();
    const arrivals = new MutationObserver(mark);
    arrivals.observe(root, { childList: true, subtree: true });
    const note = event => window.pressed.push(event.timeStamp);
    document.addEventListener("keydown", note, true);
    const paints = new PerformanceObserver(
        list => window.painted.push(...list.getEntries().map(entry => entry.renderTime))
    );
    paints.observe({ type: "element" });
    window.stopWatching = () => {
        arrivals.disconnect();
        paints.disconnect();
        document.removeEventListener("keydown", note, true);
    };
}"""


def measure(page, root, slider, stops):
    """Presses arrow keys on a slider and waits for the picture each time.

    Args:
        page: the page, a Playwright `Page`.
        root: the locator of what holds the pictures.
        slider: the locator of what takes the keys.
        stops: how many stops it has: it goes from end to end and back.

    Returns:
        The times from key to picture, in milliseconds, one for each press.
    """
    root.scroll_into_view_if_needed()
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(1000)
    root.evaluate(_WATCH)
    times = []
    for press in range(PRESSES):
        page.keyboard.press("ArrowRight" if press // (stops - 1) % 2 == 0 else "ArrowLeft")
        page.wait_for_function(
            "count => pressed.length === count && painted.some(time => time > pressed.at(-1))",
            arg=press + 1,
            polling=10,
        )
        times.append(page.evaluate("Math.min(...painted.filter(time => time > pressed.at(-1))) - pressed.at(-1)"))
        # Not in step with the screen, and long enough for the neighbours to be fetched.
        page.wait_for_timeout(150 + 7 * press % 17)
    return times


def in_the_book(browser):
    """Measures the figure in the built book."""
    with serve(build()) as home:
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        watch = Watch(page, home)
        page.goto(f"{home}{LESSON}.html")
        watch.wait_until_quiet()
        figure = page.locator(f"#{FIGURE.replace('_', '-')}")
        return measure(page, figure, figure.locator(f"input[name={SLIDER}]"), STOPS)


def in_the_lab(browser, lesson, figure, stops, *more):
    """Measures a figure live, and what comes after it.

    Args:
        browser: of Playwright.
        lesson: path of its notebook, without the suffix.
        figure: its name.
        stops: how many stops its first slider has.
        *more: sources of cells with a figure each, which are run after its cell and measured too.

    Returns:
        A list of times in milliseconds for each of them.
    """
    notebook = nbformat.read(ROOT / f"{lesson}.ipynb", as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    (last,) = (k for k, source in enumerate(sources) if f"def {figure}(" in source)
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in (*sources[: last + 1], *more)]
    with tempfile.TemporaryDirectory() as folder:
        nbformat.write(notebook, Path(folder) / "figure.ipynb")
        with jupyter_lab(folder) as address:
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            run_all(page, address("figure.ipynb"), timeout=600)
            outputs = page.locator(".jp-OutputArea-output:has([role=slider])")
            shown = [outputs.nth(outputs.count() - 1 - k) for k in range(len(more), -1, -1)]
            return [measure(page, output, output.get_by_role("slider").first, stops) for output in shown]


def summary(times):
    """Gives median and 95th percentile of times in ms, and how many there are."""
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return {"median_ms": round(statistics.median(times), 1), "p95_ms": round(p95, 1), "presses": len(times)}


def main():
    """Measures, prints and saves."""
    with chromium(whole=True) as browser:
        rows = {"built_book": in_the_book(browser)}
        by_explore, by_interact = in_the_lab(browser, LESSON, FIGURE, STOPS, INTERACT)
        rows |= {"explore_in_jupyterlab": by_explore, "interact_in_jupyterlab": by_interact}
        (rows["trained_in_jupyterlab"],) = in_the_lab(browser, TRAINED_LESSON, TRAINED_FIGURE, TRAINED_STOPS)
        rows = {name: summary(times) for name, times in rows.items()}
        versions = {name: version(name) for name in ("jupyterlab", "ipywidgets", "matplotlib")}
        versions["chromium"] = browser.version
    print(f"{'key press to new picture':28} {'median, ms':>11} {'95 %, ms':>9}")
    for name, row in rows.items():
        print(f"{name.replace('_', ' '):28} {row['median_ms']:11.1f} {row['p95_ms']:9.1f}")
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    save(
        "sliders",
        {
            **rows,
            "figure": FIGURE,
            "trained_figure": TRAINED_FIGURE,
            "processor": processor(),
            "system": system,
            "versions": versions,
        },
    )


if __name__ == "__main__":
    main()
