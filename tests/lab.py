"""A real JupyterLab for tests and benchmarks: a server of its own, and a notebook open in a browser."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: Where Jupyter keeps what is its user's own: here it is the test's own.
_FOLDERS = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "IPYTHONDIR",
)

#: No question about news, which would be fetched; and all cells in the page, also those far from the screen.
_SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


@contextlib.contextmanager
def jupyter_lab(folder):
    """Starts a JupyterLab server on a free port of this machine; at the end it and its kernels are gone.

    Args:
        folder: what it shows; its settings and logs go to `folder/.jupyter`.

    Returns:
        A context manager that gives a function: the name of a notebook in the folder -> the address to open.

    Raises:
        RuntimeError: where the server ends, or does not answer within two minutes; it shows the end of its log.
    """
    own = Path(folder) / ".jupyter"
    own.mkdir()
    for name, settings in _SETTINGS.items():
        path = own / "jupyterlab_settings_dir" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(settings))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **{name: str(own / name.lower()) for name in _FOLDERS}}
    environment.pop("MPLBACKEND", None)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}"]
    log_path = own / "server.log"
    with log_path.open("w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    home = f"http://127.0.0.1:{port}/"
    try:
        _wait(server, f"{home}api/status?token={token}", log_path)
        yield lambda notebook: f"{home}lab/tree/{notebook}?token={token}&reset"
    finally:
        _stop(server)


def _wait(server, url, log_path):
    end = time.monotonic() + 120
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                json.load(answer)
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)  # it is still starting
    end_of_log = log_path.read_text()[-2000:]
    raise RuntimeError(f"Expected a JupyterLab server. Received: exit status {server.poll()}, and\n{end_of_log}")


def _stop(server):
    """Asks the server to end, which ends its kernels; where it does not, ends all that it has started."""
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(timeout=10)


def run_all(page, address, timeout=300):
    """Opens a notebook and runs all its cells, as a student does from the menu.

    Args:
        page: a Playwright page.
        address: where the notebook is.
        timeout: how long its cells may take, in seconds.

    Raises:
        AssertionError: where a cell has ended with an error.
    """
    page.goto(address)
    page.locator(".jp-NotebookPanel .jp-Notebook .jp-CodeCell").first.wait_for(timeout=180_000)
    # Before there is a kernel, Run All would ask for one.
    page.locator(".jp-StatusBar-TextItem", has_text="| Idle").wait_for(timeout=180_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.wait_for_function(
        """() => {
            const prompts = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
            return prompts.length > 0 && prompts.every(prompt => /^\\[\\d+\\]:$/.test(prompt.textContent))
                || document.querySelector('[data-mime-type="application/vnd.jupyter.stderr"]') !== null;
        }""",
        timeout=timeout * 1000,
    )
    check_outputs(page)


def check_outputs(page):
    """Raises AssertionError where a cell shows an error or a warning, which JupyterLab marks in the same way."""
    shown = page.locator('[data-mime-type="application/vnd.jupyter.stderr"]').all_inner_texts()
    assert shown == [], f"Expected no error in a cell. Received: {shown}"
