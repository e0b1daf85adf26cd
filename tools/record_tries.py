"""Searches many times in the table of trained nets, with each method of lesson 09, and keeps who won.

    python -m tools.record_tries        rewrites lessons/assets/tries.csv (a few minutes; the same wherever it runs)

A line of it is one search: its data set, its method, its seed, how many trials it began, and the number of the best net
after the budget of 1, 2, ..., 20 full trainings (`utils.search.table.winners`).
"""

import csv
import io
from pathlib import Path

import optuna
import pandas as pd

from utils.files import write_whole
from utils.search.table import METHODS, Table, search, winners

ASSETS = Path(__file__).parents[1] / "lessons/assets"
REPEATS = 100


def line(table, method, seed):
    """Gives what is kept of a search: the number of trials, and the winners as a text."""
    _, tried = search(table, method, seed)
    return len(tried), " ".join(str(winner) for winner in winners(table, tried))


def main():
    """Writes the file."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    frame = pd.read_csv(ASSETS / "table.csv", comment="#")
    file = io.StringIO()
    file.write(f"# Optuna {optuna.__version__}, in the nets of table.csv\n")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["data", "method", "seed", "trials", "winners"])
    for name, part in frame.groupby("data"):
        table = Table(part)
        for method in METHODS:
            writer.writerows([name, method, seed, *line(table, method, seed)] for seed in range(REPEATS))
    write_whole(ASSETS / "tries.csv", file.getvalue().encode())


if __name__ == "__main__":
    main()
