"""The command `python -m utils.search`."""

import argparse
import hashlib
import json
import signal
import sys
import threading
from pathlib import Path

import optuna
from optuna.exceptions import StorageInternalError
from sqlalchemy.exc import SQLAlchemyError

from utils.search import data, samplers, space
from utils.search.errors import SearchError
from utils.search.net import score as net_score
from utils.search.pictures import draw
from utils.search.places import finished
from utils.search.progress import Progress, in_words
from utils.search.study import EXAMPLES, open_storage, open_study
from utils.search.worker import Worker

EXPLAINED = """
examples:
  python -m utils.search --trials 20
      20 trials of the moons, kept in the file search.db. Stopped with Ctrl-C, the same command goes on.
  python -m utils.search --trials 40 --sampler random --tune learning_rate width --plot pictures
      40 trials in all of a study of two hyper-parameters, with its history and importances as pictures.
  python -m utils.search --trials 10 --data titanic
      10 trials of another data set: the passengers of lesson 08. "events" are the collisions of lesson 07.
  python -m utils.search --trials 200 --storage postgresql+psycopg://ada@server/search
      the same command on several machines: together they make 200 trials.
"""


def parser():
    """Makes the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m utils.search",
        description="Searches for hyper-parameters of a net with Optuna. Validation chooses; the test score is kept "
        "beside and steers nothing.",
        epilog=EXPLAINED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--trials", type=_whole(1), required=True, metavar="N", help="finished trials that the study shall have in all")
    add("--storage", default="sqlite:///search.db", metavar="URL", help=f"{EXAMPLES} (default: %(default)s)")
    add("--study", metavar="NAME", help="name of the study (default: one that belongs to what is searched, and how)")
    add("--data", default="moons", choices=data.names(), help="data set (default: %(default)s)")
    add("--tune", nargs="+", default=list(space.SPACE), choices=list(space.SPACE), metavar="NAME",
        help=f"hyper-parameters that are searched; the others stay where the lecture starts. All of: "
        f"{', '.join(space.SPACE)} (default)")  # fmt: skip
    add("--sampler", default="tpe", choices=samplers.SAMPLERS, help="who draws the trials (default: %(default)s)")
    add("--pruner", default="none", choices=samplers.PRUNERS, help="who stops bad ones early (default: %(default)s)")
    add("--seed", type=_whole(0), default=0, help="the same seed, the same trials (default: %(default)s)")
    add("--nets", type=_whole(1), default=3, help="nets per trial, the score is their mean (default: %(default)s)")
    add("--timeout", type=_whole(1), metavar="SECONDS", help="begin no trial after so long (default: no limit)")
    add("--heartbeat", type=_whole(1), default=10, metavar="SECONDS",
        help="a worker that is silent for three times so long is taken for dead (default: %(default)s)")  # fmt: skip
    add("--plot", type=Path, metavar="FOLDER", help="draw history and importances at the end")
    return made


def _whole(least):
    def whole(text):
        try:
            number = int(text)
        except ValueError:
            number = least - 1
        if number < least:
            raise argparse.ArgumentTypeError(f"expected a whole number of {least} or more. Received: {text!r}")
        return number

    return whole


def main(arguments=None, score=None):
    """Runs the command.

    Args:
        arguments: list of texts; None: those of the command line.
        score: function of (parameters, samples, nets=, report=, rungs=) in place of `utils.search.net.score`.

    Returns:
        the exit status: 0, 1 when the data base is lost on the way, 2 for what cannot be done, 130 after Ctrl-C.
    """
    choice = parser().parse_args(arguments)
    said = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # the progress says the rest
    hook, threading.excepthook = threading.excepthook, _of_a_thread
    in_main = threading.current_thread() is threading.main_thread()
    if in_main:  # SIGTERM is how a cluster says that the time is over
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return search(choice, score or net_score)
    except SearchError as error:
        return _say(2, f"python -m utils.search: error: {error}")
    except _LOST as error:
        why = error.__cause__ or error
        why = str(getattr(why, "orig", why)).strip().splitlines()[0]
        return _say(1, f"The data base does not answer any more ({why}). {_KEPT}: the same command goes on.")
    except KeyboardInterrupt:
        return _say(130, f"Stopped. {_KEPT}, the trial in work will be made again: the same command goes on.")
    finally:
        optuna.logging.set_verbosity(said)
        threading.excepthook = hook
        if in_main:
            signal.signal(signal.SIGTERM, before)


_LOST = (SQLAlchemyError, StorageInternalError)
_KEPT = "Finished trials are kept"


def _of_a_thread(what):
    """Lets a sign of life be lost: where the data base is lost for good, the worker itself finds out."""
    if not issubclass(what.exc_type, _LOST):
        threading.__excepthook__(what)


def _say(status, words):
    print(words, file=sys.stderr)
    return status


def search(choice, score):
    """Works on a study as the command line says; gives the exit status."""
    searched, three = space.chosen(choice.tune), data.samples(choice.data)
    points = samplers.grid_size(searched)
    if choice.sampler == "grid" and choice.trials > points:
        raise SearchError(f"expected --trials of at most {points}, the points of the grid. Received: {choice.trials}")
    if choice.plot is not None:
        _make(choice.plot)
    about = {
        "data": f"{choice.data} {data.fingerprint(three)}",
        "space": space.described(searched),
        "sampler": choice.sampler,
        "pruner": choice.pruner,
        "seed": choice.seed,
        "nets": choice.nets,
    }
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    name = choice.study or f"{choice.data}-{choice.sampler}-{digest[:6]}"
    storage = open_storage(choice.storage, choice.heartbeat)
    most = searched["epochs"].range.high if "epochs" in searched else space.SPACE["epochs"].start
    sampler = samplers.PlacedSampler(choice.sampler, searched, choice.seed, lambda: study.get_trials(deepcopy=False))
    study = open_study(storage, name, about, sampler, samplers.make_pruner(choice.pruner, most))
    there = finished(study.get_trials(deepcopy=False))
    of_points = f" of the {points:,} points of the grid, in random order" if choice.sampler == "grid" else ""
    print(f"Study {name}: {there} of {choice.trials} trials{of_points} are finished.", flush=True)
    rungs = [samplers.FEWEST_EPOCHS * samplers.REDUCTION**k for k in range(10)]

    def trial_score(parameters, report):
        return score(parameters, three, nets=choice.nets, report=report, rungs=rungs)

    progress = Progress(choice.trials)
    worker = Worker(study, storage, searched, choice.trials, trial_score, choice.pruner != "none", progress)
    try:
        complete = worker.run(choice.timeout)
    finally:
        progress.close()
    print(*summary(study, complete), sep="\n")
    if choice.plot is not None:
        print(*draw(study, choice.plot), sep="\n")
    return 0


def _make(folder):
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SearchError(f"expected a folder to write to ({error.strerror}). Received: --plot {folder}") from error


def summary(study, complete):
    """Gives lines: how far the study is, and its best trial."""
    trials = study.get_trials(deepcopy=False)
    lines = [f"{finished(trials)} trials are finished" + ("." if complete else ": the time is over.")]
    epochs = sum(t.user_attrs.get("epochs", 0) for t in trials)
    if epochs:
        lines[0] += f" They took {epochs:,.0f} epochs."
    scored = [t for t in trials if t.state == optuna.trial.TrialState.COMPLETE]
    if not scored:
        return [*lines, "None of them was complete, so there is no best one."]
    best = max(scored, key=lambda t: t.value)
    return [
        *lines,
        f"Best by validation: trial {best.number}, AUC {best.value:.4f}; on the test sample "
        f"{best.user_attrs.get('test', float('nan')):.4f}.",
        in_words(best.params),
    ]
