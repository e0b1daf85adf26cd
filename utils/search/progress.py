"""Says how far a study is: a bar where somebody watches, a line for each trial where the words go to a file."""

import sys

from tqdm import tqdm

from utils.search.places import FINISHED, finished


class Progress:
    """The progress of a study, with all its workers.

    Args:
        wanted: how many finished trials the study will have.
        show: True for a bar, False for lines, None: a bar in a terminal.
    """

    def __init__(self, wanted, show=None):
        self._bar, self._waiting = None, False
        if sys.stderr.isatty() if show is None else show:
            self._bar = tqdm(total=wanted, unit="trial", dynamic_ncols=True)
            self._bar.n = None  # until the study was looked at

    def at(self, trials, waits_for=0):
        """Shows how many trials are finished, and the best score of them.

        Args:
            trials: all trials of the study.
            waits_for: the number of trials of other workers that this one waits for.
        """
        if self._bar is None:
            if waits_for and not self._waiting:
                self.say(f"Nothing left to begin; waiting for {waits_for} of other workers, or until they are dead.")
            self._waiting = waits_for > 0
            return
        done = min(finished(trials), self._bar.total)
        if self._bar.n is None:
            self._bar.initial = self._bar.n = self._bar.last_print_n = done
        self._bar.update(done - self._bar.n)
        values = [t.value for t in trials if t.state == FINISHED[0]]
        words = [f"best {max(values):.4f}"] if values else []
        words += [f"waiting for {waits_for} of another worker"] if waits_for else []
        self._bar.set_postfix_str(", ".join(words))

    def made(self, study, trial):
        """Tells about a trial that this worker has made."""
        if self._bar is None:
            value = "no score" if trial.value is None else f"{trial.value:.4f}"
            pruned = "" if trial.state == FINISHED[0] else " (stopped early)"
            self.say(f"trial {trial.number}: {value}{pruned}: {in_words(trial.params)}")

    def say(self, words):
        """Prints a line; the bar stays below."""
        tqdm.write(words) if self._bar is not None else print(words, flush=True)

    def close(self):
        """Leaves the bar as it is."""
        if self._bar is not None:
            self._bar.n = self._bar.n or 0
            self._bar.close()


def in_words(parameters):
    """Writes hyper-parameters as a line."""
    return ", ".join(f"{n} {v:.3g}" if isinstance(v, float) else f"{n} {v}" for n, v in parameters.items())
