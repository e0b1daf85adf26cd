"""The places of a study: which trial stands where, and how many places there are.

Optuna gives each trial a number, also to the second try of one whose worker died and to one that came too late. So
numbers say nothing about how far a search is. A place does: the first tries stand at 0, 1, 2, ... in their order, and
a second try stands where the first stood. As the data base gives out numbers one after the other, every worker sees
the same place for the same trial without asking another.
"""

from optuna.trial import TrialState

#: A trial that was pruned is finished: the search has its answer.
FINISHED = (TrialState.COMPLETE, TrialState.PRUNED)

_FIRST = "failed_trial"  # where Optuna's RetryHeartbeatStaleTrialCallback keeps the number of the first try


def first_try(trial):
    """Gives the number of the first try of a trial: mostly its own."""
    return trial.system_attrs.get(_FIRST, trial.number)


def place(trials, trial):
    """Gives the place of a trial.

    Args:
        trials: all trials of the study, at least those with smaller numbers.
        trial: the one in question.
    """
    first = first_try(trial)
    return sum(t.number < first and _FIRST not in t.system_attrs for t in trials)


def places(trials, wanted):
    """Gives how many places there are, where `wanted` finished trials are asked for.

    A place where all tries have failed (the training raised an error) stays without a result, and another is added.
    """
    hopes = {first_try(t) for t in trials if t.state != TrialState.FAIL}
    return wanted + len({first_try(t) for t in trials} - hopes)


def finished(trials):
    """Counts the finished trials."""
    return sum(t.state in FINISHED for t in trials)


def running(trials):
    """Lists the trials that somebody works on, or worked on when he was killed."""
    return [t for t in trials if t.state == TrialState.RUNNING]
