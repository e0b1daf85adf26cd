"""Trains the nets of the depth race and of the game of lesson 06, and keeps their losses.

    python -m tools.record_race         rewrites lessons/assets/race.csv (about a minute)

What is trained stands in the lesson: those of its cells that draw, build and train the nets are run. A line of the file
is one net: its activation, its number of hidden layers, its learning rate, its seed, which loss, and that loss after
each epoch.
"""

import csv
import io
from pathlib import Path

from tools.notebooks import read
from tools.time_second_order import machine
from utils.files import write_whole

LESSONS = Path(__file__).parents[1] / "lessons"
CELLS = ("setup", "chain-keras", "gallery-code", "digits", "measure", "race-train", "race-nets")


def lesson():
    """Runs the cells and gives what they define."""
    namespace = {}
    for cell in read(LESSONS / "06_activation_functions.ipynb").cells:
        if cell.id in CELLS or cell.id[:-2] in CELLS:  # a piece of a cell is called cell-a
            exec(compile(cell.source, cell.id, "exec"), namespace)
    return namespace


def rows(made, name, depth):
    """Trains the nets of one activation and one depth; gives their lines.

    Args:
        made: what `lesson()` gives.
        name: of the activation.
        depth: how many hidden layers.
    """
    result = made["train_race"](name, depth)
    nets = [(rate, seed) for rate in made["TRIED"][name] for seed in made["SEEDS"]]
    return [
        [name, depth, rate, seed, what, *(f"{loss:.6g}" for loss in losses)]
        for what, both in (("training", result.loss), ("validation", result.val_loss))
        for (rate, seed), losses in zip(nets, both, strict=True)
    ]


def main():
    """Writes the file."""
    made = lesson()
    file = io.StringIO()
    file.write(f"# {machine().replace('one core of ', '')}\n")
    writer = csv.writer(file, lineterminator="\n")
    epochs = range(1, made["settings"]["epochs"] + 1)
    writer.writerow(["activation", "depth", "rate", "seed", "loss", *epochs])
    for name in made["RACERS"]:
        for depth in made["DEPTHS"]:
            writer.writerows(rows(made, name, depth))
    write_whole(LESSONS / "assets/race.csv", file.getvalue().encode())


if __name__ == "__main__":
    main()
