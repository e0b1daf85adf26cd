"""Shows how far the baking of the figures is."""

import json
import sys
import threading

from sphinx.util import logging

log = logging.getLogger(__name__)


class Watch(threading.Thread):
    """Shows the progress that kernels write to a file: a bar per figure on a terminal, a line per figure in a log."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.ended, self.bar = path, threading.Event(), None
        path.write_text("", encoding="utf-8")
        self.start()

    def run(self):
        """Reads what is new, until the build ends."""
        with self.path.open(encoding="utf-8") as file:
            while True:
                last_look = self.ended.is_set()
                for line in file.readlines():
                    self.show(json.loads(line))
                if last_look:
                    return
                self.ended.wait(0.3)

    def show(self, event):
        """Moves the bar to one event: `figure`, `total`, `done`, and at its end `seconds` and `bytes`."""
        from tqdm import tqdm

        if sys.stderr.isatty():
            if self.bar is None or self.bar.desc != event["figure"]:
                self.bar = tqdm(total=event["total"], unit="frame", desc=event["figure"])
                self.bar.desc = event["figure"]
            self.bar.update(event["done"] - self.bar.n)
        if "seconds" in event:
            if self.bar is not None:
                self.bar.close()
                self.bar = None
            log.info(
                "baked %s: %d frames, %d kB, %.1f s",
                event["figure"],
                event["total"],
                event["bytes"] / 1000,
                event["seconds"],
            )

    def stop(self):
        """Shows what is left and ends."""
        self.ended.set()
        self.join()
