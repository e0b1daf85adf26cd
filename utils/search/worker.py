"""One worker of a search: makes trials until the study has as many as are wanted, alone or beside others."""

import math
import time

import optuna
from optuna.trial import TrialState

from utils.search.places import finished, place, places, running
from utils.search.space import suggest
from utils.search.study import quietly, retry

_LOOK_AGAIN = 0.5  # seconds, while nothing is left to do but to wait for others


class _OneTooMany(Exception):
    """Two workers began the last trial at the same time: this is the second one."""


class Worker:
    """Makes trials.

    Args:
        study: an `optuna.Study` in a data base.
        storage: its `RDBStorage`.
        space: name -> HyperParameter.
        wanted: N, the number of finished trials of the whole study.
        score: function of (parameters, report) that gives a dict with "validation"; the rest of it is kept beside.
        reports: whether there is a pruner that wants to know how trials go.
        progress: a `utils.search.progress.Progress`.
    """

    def __init__(self, study, storage, space, wanted, score, reports, progress):
        self.study, self.wanted = study, wanted
        self._storage, self._space, self._score = storage, space, score
        self._reports, self._progress = reports, progress
        self._mine = None  # number of the trial in work
        self._silent = {}  # number of a trial that gave no sign of life -> since when

    def run(self, timeout=None):
        """Works until the study is complete.

        Args:
            timeout: seconds after which no other trial begins; None: no limit.

        Returns:
            True when the study is complete, False when the time is over.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            trials = self.study.get_trials(deepcopy=False)
            busy = running(trials)
            done = finished(trials)
            self._progress.at(trials, waits_for=len(busy) if done + len(busy) >= self.wanted > done else 0)
            if done >= self.wanted:
                return True
            if end is not None and time.monotonic() > end:
                return False
            if done + len(busy) < self.wanted:
                self._one()
            else:
                self._wait(busy)

    def _one(self):
        """Makes one trial."""
        self._mine = None
        try:
            with quietly():
                self.study.optimize(self._objective, n_trials=1, catch=(_OneTooMany,))
        except KeyboardInterrupt:
            self._give_back()
            raise
        except Exception:
            if not self._taken_over():
                raise
            self._progress.say(f"Trial {self._mine}: this worker was silent for too long; another has made it again.")
        else:
            trial = self.study.get_trials(deepcopy=False)[self._mine]
            if trial.state == TrialState.FAIL:
                self._give_back()
            else:
                self._progress.made(self.study, trial)

    def _objective(self, trial):
        # A sign of life before all else: a running trial with hyper-parameters and without one would never be missed.
        self._storage.record_heartbeat(trial._trial_id)
        self._mine = trial.number
        trials = self.study.get_trials(deepcopy=False)
        if place(trials, trials[trial.number]) >= places(trials, self.wanted):
            raise _OneTooMany
        scores = self._score(suggest(trial, self._space), self._reporter(trial) if self._reports else None)
        if not math.isfinite(scores["validation"]):
            raise ValueError(f"expected a finite validation score. Received: {scores['validation']}")
        for name, value in scores.items():
            trial.set_user_attr(name, value)
        return scores["validation"]

    def _reporter(self, trial):
        def report(step, value):
            trial.report(value, step)
            if trial.should_prune():
                trial.set_user_attr("epochs", float(step))
                raise optuna.TrialPruned

        return report

    def _give_back(self):
        """Puts the trial that was in work back into the queue."""
        if self._mine is not None:
            trial = self.study.get_trials(deepcopy=False)[self._mine]
            if trial.state == TrialState.FAIL and not self._taken_over():
                retry(self.study, trial)

    def _taken_over(self):
        """True when another worker has put the trial in work back into the queue."""
        histories = [t.system_attrs.get("retry_history", []) for t in self.study.get_trials(deepcopy=False)]
        return any(self._mine in history for history in histories)

    def _wait(self, busy):
        """Waits for other workers, and puts the trials of dead ones back into the queue."""
        with quietly():
            optuna.storages.fail_stale_trials(self.study)
        # Optuna misses a worker from its first sign of life on. One that died before has drawn nothing yet.
        now = time.monotonic()
        self._silent = {t.number: self._silent.get(t.number, now) for t in busy if not t.params}
        for number, since in self._silent.items():
            if now - since > self._storage.grace_period:
                retry(self.study, self.study.tell(number, state=TrialState.FAIL))
        time.sleep(_LOOK_AGAIN)
