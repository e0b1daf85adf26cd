"""A lesson as a student works through it: JupyterLab in a browser, Run All, every control moved, figures played."""

import functools
import shutil
import subprocess
import urllib.request

import nbformat
import pytest

from tests.browser import LAPTOP, Watch
from tests.lab import ROOT, check_outputs, jupyter_lab, run_all
from tests.test_fit import SMALLEST_WRITING
from utils.explore.picture import CSS_PER_INCH, DOTS_PER_INCH

LESSON = "lessons/01_universal_approximation.ipynb"

#: What one instrument shows: address of the picture, whether it is there, and the sentence below it.
LOOK = """output => {
    const image = output.querySelector("img.widget-image");
    return [image.src, image.complete && image.naturalWidth > 0, output.querySelector(".explore-reading").textContent];
}"""


def look(page, output):
    """Gives (address of the picture, reading) of an instrument, once its picture is there."""
    page.wait_for_function(f"output => ({LOOK})(output)[1]", arg=output.element_handle())
    source, _, reading = output.evaluate(LOOK)
    return source, reading


def move(page, output, act):
    """Moves something in an instrument and waits for its next picture and reading, which come as two messages."""
    before, said = look(page, output)
    act()
    page.wait_for_function(
        f"""([output, source, reading]) => {{
            const now = ({LOOK})(output);
            return now[0] !== source && now[1] && now[2] !== reading;
        }}""",
        arg=[output.element_handle(), before, said],
    )
    assert output.locator("[role=alert]").all_inner_texts() == []


def press_arrow(page, slider):
    """Moves a slider by a key, to the left where it is at its end."""
    slider.focus()
    at = slider.get_attribute("aria-valuenow")
    page.keyboard.press("ArrowRight")
    if slider.get_attribute("aria-valuenow") == at:
        page.keyboard.press("ArrowLeft")


def choose_another(menu):
    """Chooses what a menu does not show now."""
    menu.select_option(index=1 - min(1, menu.evaluate("menu => menu.selectedIndex")))


def check_play(page, output):
    """Holds that the play button moves the figure, and leaves it at rest; tests/test_play.py has what stops a walk."""
    start = output.locator(".widget-play button").first
    start.scroll_into_view_if_needed()
    move(page, output, start.click)
    press_arrow(page, output.get_by_role("slider").first)
    output.locator(".widget-play .fa-pause").wait_for(state="detached")


def check_fit(page, output):
    """Holds that controls, picture and reading of an instrument are on the screen together, its writing legible."""
    output.evaluate("output => output.scrollIntoView({ block: 'nearest' })")
    window = page.locator(".jp-WindowedPanel-outer").bounding_box()
    top, bottom = window["y"], window["y"] + window["height"]
    sliders = output.locator("[role=slider], select, input[type=checkbox]")
    parts = [sliders.nth(k) for k in range(sliders.count())]
    image = output.locator("img.widget-image")
    for part in (*parts, image, output.locator(".explore-reading")):
        box = part.bounding_box()
        assert top - 1 <= box["y"] <= bottom + 1 - box["height"], f"{part}: {box} in {window}"
        assert box["x"] + box["width"] <= window["x"] + window["width"], f"{part}: {box} in {window}"
    own = image.evaluate("image => image.naturalWidth") * CSS_PER_INCH / DOTS_PER_INCH
    assert SMALLEST_WRITING * image.bounding_box()["width"] / own >= 11


def test_a_lesson_in_jupyterlab(browser, tmp_path):
    shutil.copy(ROOT / LESSON, tmp_path)
    shutil.copytree(ROOT / "lessons/assets", tmp_path / "assets")
    page = browser.new_context(viewport=LAPTOP).new_page()
    with jupyter_lab(tmp_path) as address:
        url = address("01_universal_approximation.ipynb")
        watch = Watch(page, url.split("lab/")[0])
        run_all(page, url, timeout=1200)
        outputs = page.locator(".jp-OutputArea-output:has(img.widget-image)")
        assert outputs.count() == (ROOT / LESSON).read_text(encoding="utf-8").count('"@explore(') > 0
        for k in range(outputs.count()):
            output = outputs.nth(k)
            for slider in output.get_by_role("slider").all():
                move(page, output, functools.partial(press_arrow, page, slider))
            for menu in output.locator("select").all():
                move(page, output, functools.partial(choose_another, menu))
            for box in output.locator("input[type=checkbox]").all():
                move(page, output, box.click)
            check_fit(page, output)
        played = page.locator(".jp-OutputArea-output:has(.widget-play)")
        for k in range(played.count()):
            check_play(page, played.nth(k))
        check_outputs(page)
        # In a narrow panel the picture goes below controls and reading.
        page.set_viewport_size({"width": 760, "height": 650})
        output = outputs.first
        image, reading = (output.locator(part).bounding_box() for part in ("img.widget-image", ".explore-reading"))
        assert image["y"] >= reading["y"] + reading["height"]
        assert image["width"] <= output.bounding_box()["width"]
        page.close()
    watch.check()


def test_a_cell_that_fails_or_warns_is_found(browser, tmp_path):
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [nbformat.v4.new_code_cell("1 / 0"), nbformat.v4.new_code_cell("2")]
    nbformat.write(nbformat.v4.new_notebook(metadata=about, cells=cells), tmp_path / "wrong.ipynb")
    with jupyter_lab(tmp_path) as address, pytest.raises(AssertionError, match="ZeroDivisionError"):
        run_all(browser.new_context().new_page(), address("wrong.ipynb"))


def test_the_server_and_its_kernels_end_also_after_a_failure(tmp_path):
    def processes():
        shown = subprocess.run(["ps", "-A", "-ww", "-o", "args"], check=True, capture_output=True, text=True).stdout
        return [line for line in shown.splitlines() if str(tmp_path) in line]

    def fail_with_a_kernel():
        with jupyter_lab(tmp_path) as address:
            kernels = address("").replace("lab/tree/", "api/kernels")
            urllib.request.urlopen(urllib.request.Request(kernels, data=b"{}", method="POST"), timeout=60).close()
            assert any("ipykernel" in line for line in processes())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_with_a_kernel()
    assert processes() == []
