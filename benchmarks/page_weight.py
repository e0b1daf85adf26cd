"""Weighs a first visit of lesson 01: everything that is fetched until its first slider has moved.

    python -m benchmarks.page_weight

A server sends text compressed: text counts as gzip of level 6 makes it, pictures and fonts count as they are.
"""

import gzip
import platform
from collections import defaultdict

from benchmarks.sliders import LESSON
from benchmarks.train import save
from tests.browser import Watch, chromium, serve
from tests.built_book import build

#: Fonts of type woff and PNGs are compressed already; servers send them as they are.
AS_THEY_ARE = ("font", "image")
MOST = 1_300_000


def visit(browser, home):
    """Opens the lesson with nothing in the cache, and moves the first slider of the page by keyboard.

    Returns:
        kind of file -> list of (bytes sent, address).
    """
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    answers = {}
    page.on("response", lambda response: answers.setdefault(response.url, response))
    watch = Watch(page, home)
    page.goto(f"{home}{LESSON}.html")
    watch.wait_until_quiet()
    figure = page.locator("figure.explore").first
    figure.scroll_into_view_if_needed()
    watch.wait_until_quiet()
    slider, image = figure.locator("input[type=range]").first, figure.locator("img")
    before = image.get_attribute("src")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "([image, before]) => image.getAttribute('src') !== before && image.complete && image.naturalWidth > 0",
        arg=[image.element_handle(), before],
    )
    watch.wait_until_quiet()
    kinds = defaultdict(list)
    for url, response in answers.items():
        if response.status >= 400:
            raise RuntimeError(f"Expected every file of the page. Received: {response.status} for {url}")
        kind, body = response.request.resource_type, response.body()
        sent = len(body) if kind in AS_THEY_ARE and not url.endswith(".svg") else len(gzip.compress(body, 6))
        kinds[kind].append((sent, url.removeprefix(home)))
    return kinds


def main():
    """Measures, prints and saves."""
    with serve(build()) as home, chromium(whole=True) as browser:
        kinds = visit(browser, home)
        chromium_version = browser.version
    total = sum(sent for files in kinds.values() for sent, _ in files)
    print(f"{'first visit of lesson 01':28} {'files':>6} {'kB sent':>8}")
    rows = {kind: {"files": len(files), "bytes": sum(sent for sent, _ in files)} for kind, files in kinds.items()}
    for kind, row in sorted(rows.items(), key=lambda item: -item[1]["bytes"]):
        print(f"{kind:28} {row['files']:6} {row['bytes'] / 1000:8.1f}   largest: {max(kinds[kind])[1]}")
    print(f"{'in all':28} {sum(map(len, kinds.values())):6} {total / 1000:8.1f}   at most {MOST / 1000:.0f}")
    about = {"system": platform.system(), "versions": {"chromium": chromium_version}}
    save("page_weight", {"page": LESSON, "bytes": total, "kinds": rows, **about})
    if total > MOST:
        raise SystemExit(f"Expected at most {MOST} bytes. Received: {total}")


if __name__ == "__main__":
    main()
