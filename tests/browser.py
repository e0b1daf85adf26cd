"""A real browser for the tests of the built book and of JupyterLab, and for the benchmarks."""

import contextlib
import functools
import http.server
import os
import shutil
import threading
import time

#: Where a Chromium may be: the variable CHROME, or the first of these on the PATH. The first one is a Chromium without
#: windows of its own: it draws the same, and opens a page in less than half of the processor's time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

#: The windows in which pages are looked at.
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

#: What a laptop and a small phone leave to a page, inside their browsers: every figure is used in these.
LAPTOP = {"width": 1366, "height": 650}
SMALL_PHONE = {"width": 390, "height": 700}

#: Nothing but this machine can be reached: everything else goes to a proxy that nobody runs.
_ARGUMENTS = (
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=127.0.0.1",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
)


def find_chromium(whole=False):
    """Gives the path of the Chromium to use, or None.

    Args:
        whole: take one that is a browser with windows, as readers have it: for measuring.
    """
    if given := os.environ.get("CHROME"):
        return shutil.which(given)
    return next((path for name in NAMES[whole:] if (path := shutil.which(name))), None)


@contextlib.contextmanager
def chromium(whole=False):
    """Starts a headless Chromium and gives Playwright's `Browser`; closes it at the end.

    Args:
        whole: as for `find_chromium`.

    Raises:
        FileNotFoundError: where there is no Chromium.
    """
    from playwright.sync_api import sync_playwright

    if (path := find_chromium(whole)) is None:
        raise FileNotFoundError(
            f"Expected a Chromium: the variable CHROME, or one of {', '.join(NAMES[whole:])} on the PATH. "
            f"Received: CHROME={os.environ.get('CHROME')!r}"
        )
    # Chromium has no sandbox for root, who runs the tests in most containers.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=[*_ARGUMENTS, *(["--no-sandbox"] if is_root else [])]
        )
        try:
            yield browser
        finally:
            browser.close()


class Handler(http.server.SimpleHTTPRequestHandler):
    """Answers with files, and says nothing."""

    protocol_version = "HTTP/1.1"  # one connection for many files, as a real server does

    def handle(self):
        """Answers; that a visitor leaves before the end is no trouble."""
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, *args):
        """Prints nothing."""  # the pages' own records of what they asked for are what the tests look at


@contextlib.contextmanager
def serve(folder, handler=Handler):
    """Serves a folder on a free port of this machine and gives its address, which ends with a slash."""
    handler = functools.partial(handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


#: Why a request may fail: the page or the reader went on before it was answered; scripts where JavaScript is off.
_NO_TROUBLE = ("net::ERR_ABORTED", "csp")


class Watch:
    """Keeps what a page asks for and complains about.

    Attributes:
        requests: the addresses that were asked for, in order.
        outside: those among them that are not below `home`.
        troubles: error messages of the console, uncaught errors, failed and refused requests.
    """

    def __init__(self, page, home):
        self.page, self.home, self.requests, self.troubles = page, home, [], []
        self._in_flight, self._last = set(), time.monotonic()
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("request", lambda request: self._count(self._in_flight.add, request))
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self._count(self._in_flight.discard, request))
        page.on("console", lambda message: self._note(message.type == "error", f"console: {message.text}"))
        page.on("pageerror", lambda error: self._note(True, f"page error: {error}"))
        page.on(
            "requestfailed",
            lambda request: self._note(
                request.failure not in _NO_TROUBLE, f"failed: {request.url} ({request.failure})"
            ),
        )
        page.on("response", lambda response: self._note(response.status >= 400, f"{response.status}: {response.url}"))

    def _note(self, is_trouble, text):
        if is_trouble:
            self.troubles.append(text)

    def _count(self, change, request):
        change(request)
        self._last = time.monotonic()

    def wait_until_quiet(self, limit=90):
        """Waits until the page has asked for nothing for half a second, and all that it asked for is there.

        As Playwright's "networkidle" should: that one waits in vain for one page in fifty that a loaded machine opens
        in the headless shell, although every request has ended.

        Raises:
            TimeoutError: where that has not come true after `limit` seconds.
        """
        end = time.monotonic() + limit
        while self._in_flight or time.monotonic() < self._last + 0.5:
            if time.monotonic() > end:
                raise TimeoutError(f"Expected answers. Received none for {[each.url for each in self._in_flight]}")
            self.page.wait_for_timeout(50)

    @property
    def outside(self):
        """Gives the requests that leave the site; data and blob addresses are the page's own."""
        return [
            url
            for url in self.requests
            if not url.startswith((self.home, "data:", f"blob:{self.home.rstrip('/')}", "blob:null"))
        ]

    def check(self):
        """Raises AssertionError if the page left the site or complained."""
        assert self.outside == [], f"Expected nothing but the site's own files. Received: {self.outside}"
        assert self.troubles == [], f"Expected no complaint. Received: {self.troubles}"
