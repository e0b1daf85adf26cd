"""The search command with a score that costs nothing in place of a net's; all the rest of it is real.

    python -m tests.search_worker LOG SECONDS --trials 5 --storage URL ...

LOG gets a line for each score that is begun: the process and the hyper-parameters. A score takes SECONDS.
"""

import json
import math
import os
import sys
import time
from pathlib import Path

from utils.search.command import main


def value(parameters):
    """Gives a score that is best at a learning rate of 0.003 and a width of 60."""
    distance = math.log10(parameters["learning_rate"] / 0.003) ** 2 + math.log2(parameters["width"] / 60) ** 2
    return math.exp(-distance / 10)


def cheap(parameters, samples, *, nets, report, rungs):
    """Scores without a net; with a pruner, it reports after the epochs where a net would."""
    for epoch in rungs if report else ():
        if epoch < parameters["epochs"]:
            report(epoch, value(parameters) * (1 - 1 / (1 + epoch)))
    return {"validation": value(parameters), "test": value(parameters) - 0.01, "epochs": float(parameters["epochs"])}


def logging(log, seconds):
    """Gives a score that writes to a log and takes its time."""

    def score(parameters, samples, **others):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(json.dumps([os.getpid(), parameters]) + "\n")  # one write: lines of two processes do not mix
        time.sleep(seconds)
        return cheap(parameters, samples, **others)

    return score


if __name__ == "__main__":
    sys.exit(main(sys.argv[3:], logging(sys.argv[1], float(sys.argv[2]))))
