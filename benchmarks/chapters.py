"""Says what a chapter costs in the book and in the tests, and what one more would cost.

    python -m benchmarks.chapters

Runs nothing: the last `make test` has written what its files have cost, in processor seconds, and each build of the
book how long the kernel of each notebook took. The chapter of a file is the number in its name; what has none is the
house, which does not grow. Reading the pages and looking at them in a browser grows with the notebooks.
"""

import json
import os
import platform
import re
from collections import Counter

from benchmarks.train import save
from tests.suite import BOOK, COSTS, ROOT


def chapter_of(name):
    """Gives "01" for a file of the first chapter, "" for a file of the house."""
    found = re.search(r"(?:^|_)(\d\d)(?=[_.]|$)", name.rpartition("/")[2])
    return found[1] if found else ""


def of_the_suite():
    """Gives the processor seconds of the last whole run of the tests: Counter by chapter, "book", "house"; and all.

    Raises:
        SystemExit: where there was none.
    """
    if not COSTS.exists():
        raise SystemExit(f"Expected the costs of the tests: run `make test` first. Received: no {COSTS.name}")
    told, parts = json.loads(COSTS.read_text(encoding="utf-8")), Counter()
    for name, seconds in told["processor"].items():
        file = name.rpartition("/")[2]
        parts["book" if file in BOOK else chapter_of(file) or "house"] += seconds
    return parts, told


def of_the_book():
    """Gives how many seconds the kernels of the last build took, by chapter ("" is the title page)."""
    seconds = Counter()
    for record in sorted((ROOT / "_build/.executed/html").rglob("record.json")):
        seconds[chapter_of(record.parent.name)] += sum(json.loads(record.read_text(encoding="utf-8"))["seconds"])
    return seconds


def main():
    """Prints and saves."""
    (suite, told), kernels = of_the_suite(), of_the_book()
    chapters = sorted(name for name in suite if name.isdigit())
    print(f"{'seconds':28} {'tests, processor':>18} {'kernels of the book':>20}")
    for name in chapters:
        print(f"chapter {name:20} {suite[name]:18.0f} {kernels[name]:20.0f}")
    growing, house = suite["book"] + sum(suite[name] for name in chapters), suite["house"]
    print(f"{'the book, and its pages':28} {suite['book']:18.0f} {kernels['']:20.0f}   (kernel of the title page)")
    print(f"{'the house':28} {house:18.0f}")
    print(
        f"{'in all':28} {suite.total():18.0f} {kernels.total():20.0f}   {told['tests']} tests in {told['wall']:.0f} s"
    )
    per_chapter = {"tests": growing / len(chapters), "kernels": (kernels.total() - kernels[""]) / len(chapters)}
    print(f"{'one more chapter':28} {per_chapter['tests']:18.0f} {per_chapter['kernels']:20.0f}")
    about = {"cores": os.cpu_count(), "system": platform.system(), "wall": told["wall"], "tests": told["tests"]}
    seconds = {"suite": dict(suite), "kernels": dict(kernels), "one_more": per_chapter}
    save("chapters", {key: _rounded(value) for key, value in seconds.items()} | about)


def _rounded(seconds):
    return {name: round(value, 1) for name, value in seconds.items()}


if __name__ == "__main__":
    main()
