"""A lesson as a student works through it: JupyterLab in a browser, Run All, and a slider moved with the keyboard."""

import shutil
import subprocess
import urllib.request

import pytest

from tests.browser import Watch
from tests.lab import ROOT, check_outputs, jupyter_lab, run_all

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


def test_a_lesson_in_jupyterlab(browser, tmp_path):
    shutil.copy(ROOT / LESSON, tmp_path)
    shutil.copytree(ROOT / "lessons/assets", tmp_path / "assets")
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    with jupyter_lab(tmp_path) as address:
        url = address("01_universal_approximation.ipynb")
        watch = Watch(page, url.split("lab/")[0])
        run_all(page, url, timeout=600)
        outputs = page.locator(".jp-OutputArea-output:has(img.widget-image)")
        assert outputs.count() == (ROOT / LESSON).read_text(encoding="utf-8").count('"@explore(') > 0
        for k in range(outputs.count()):
            output = outputs.nth(k)
            slider = output.get_by_role("slider").first
            before, said = look(page, output)
            slider.focus()
            at = slider.get_attribute("aria-valuenow")
            page.keyboard.press("ArrowRight")
            if slider.get_attribute("aria-valuenow") == at:  # it was at its end
                page.keyboard.press("ArrowLeft")
            # Picture and reading come as two messages from the kernel.
            page.wait_for_function(
                f"""([output, source, reading]) => {{
                    const now = ({LOOK})(output);
                    return now[0] !== source && now[1] && now[2] !== reading;
                }}""",
                arg=[output.element_handle(), before, said],
            )
            assert output.locator("[role=alert]").all_inner_texts() == []
        check_outputs(page)
        page.close()
    watch.check()


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
