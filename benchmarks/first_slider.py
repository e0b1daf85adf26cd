"""Measures how long the first slider of a page takes to work on a poor network, with nothing in the cache.

    python -m benchmarks.first_slider

The network is that of a phone, as Chromium imitates it: 1.6 Mbps and 150 ms to the first byte of each file. Text comes
compressed, as servers send it. A slider works when its move changes the picture's address and the reading.
"""

import gzip
import io
import platform
import statistics
from functools import cache
from pathlib import Path

from benchmarks.train import save
from tests.browser import Handler, chromium, serve
from tests.built_book import build, documents_with_figures

BYTES_PER_SECOND, LATENCY_MS = 1_600_000 / 8, 150
MOST_MS = 2200
VISITS = 3
_TEXT = {".html", ".css", ".js", ".svg"}

# In the page before anything else: goes to the first slider and tries it until it answers, and notes when.
_TRY = """() => {
    let before = null;
    const timer = setInterval(() => {
        const field = document.querySelector("figure.explore input[type=range]"), figure = field?.closest("figure");
        const image = figure?.querySelector("img");
        if (!figure?.querySelector("figcaption")) return;
        if (before === null) {
            window.seen = performance.now();
            before = image.getAttribute("src");
            figure.scrollIntoView();
        }
        if (!window.works) {
            field.value = Number(field.value) + (Number(field.value) < Number(field.max) ? 1 : -1);
            field.dispatchEvent(new Event("input", { bubbles: true }));
            if (image.getAttribute("src") !== before) window.works = performance.now();
        } else if (image.complete && image.naturalWidth > 0) {
            window.shows = performance.now();
            clearInterval(timer);
        }
    }, 20);
}"""


class _Compressing(Handler):
    """Sends text compressed, as servers do."""

    def send_head(self):
        """Answers with gzip where the file is text."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in _TEXT or not path.is_file():
            return super().send_head()
        body = _compressed(path)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)


@cache
def _compressed(path):
    return gzip.compress(path.read_bytes(), 6)


def visit(browser, address):
    """Opens a page on the poor network.

    Returns:
        Milliseconds until its first slider is in the page, until it works, and until its next picture shows.
    """
    context = browser.new_context(viewport={"width": 1366, "height": 650})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    speed = {"downloadThroughput": BYTES_PER_SECOND, "uploadThroughput": BYTES_PER_SECOND}
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": LATENCY_MS, **speed})
    page.add_init_script(f"({_TRY})()")
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.shows", timeout=60_000)
    times = page.evaluate("[window.seen, window.works, window.shows]")
    context.close()
    return times


def main():
    """Measures, prints and saves."""
    rows = {}
    with serve(build(), _Compressing) as home, chromium(whole=True) as browser:
        version = browser.version
        for document in documents_with_figures():
            visits = [visit(browser, f"{home}{document}.html") for _ in range(VISITS)]
            rows[document] = [round(statistics.median(times)) for times in zip(*visits, strict=True)]
    print(f"{'ms until the first slider':34} {'is there':>9} {'works':>9} {'shows':>9}   (1.6 Mbps, 150 ms)")
    for document, (seen, works, shows) in rows.items():
        print(f"{document:34} {seen:9} {works:9} {shows:9}   at most {MOST_MS}")
    pages = {name: dict(zip(("seen_ms", "works_ms", "shows_ms"), row, strict=True)) for name, row in rows.items()}
    save("first_slider", {"pages": pages, "system": platform.system(), "versions": {"chromium": version}})
    if late := [name for name, (_, works, _) in rows.items() if works > MOST_MS]:
        raise SystemExit(f"Expected the first slider to work within {MOST_MS} ms. Received: {late}")


if __name__ == "__main__":
    main()
