"""A training step that compiles in its first call and works after it has returned, with a clock beside it."""

import numpy as np

COMPILES, RETURNS = 4.0, 0.001  # seconds
#: seconds of the step itself, after the call that compiles: median 0.2534, and then 0.35295 of an even number
CASES = [[0.9733, 0.2041, 0.2534, 0.3127, 0.2218], [0.9127, 0.2036, 0.3048, 0.4011]]


class Promise:
    """What a step gives: the result is there at `ready`, and every way to look at it waits until then."""

    def __init__(self, machine, ready):
        self._machine, self._ready = machine, ready

    def block_until_ready(self):
        """Waits, as an array of JAX does."""
        self._machine.now = max(self._machine.now, self._ready)
        return self

    def numpy(self):
        """Waits, and gives the loss."""
        self.block_until_ready()
        return np.float32(0.5)

    item = __float__ = lambda self: float(self.numpy())

    def __repr__(self):
        return str(self.numpy())

    def __format__(self, how):
        return format(float(self), how)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.numpy(), dtype=dtype)


class Machine:
    """A machine with a clock of its own, on which nothing takes real time.

    Args:
        seconds: how long each step takes, from the second call on; they begin anew when all were used.
    """

    def __init__(self, seconds):
        self.seconds, self.now, self.free = seconds, 100.0, 100.0
        self.took, self.readings = [], 0

    def step(self):
        """Begins one training step."""
        first, k = not self.took, len(self.took) - 1
        self.took.append(COMPILES if first else self.seconds[k % len(self.seconds)])
        self.now += COMPILES if first else RETURNS
        self.free = self.now if first else max(self.now - RETURNS, self.free) + self.took[-1]
        return Promise(self, self.free)

    def clock(self):
        """Tells the time in seconds."""
        self.readings += 1
        return self.now


def mistaken_times(seconds, called):
    """What mistakes give in the place of the median: hint -> numbers.

    Args:
        seconds: of the steps after the first.
        called: how often the step was called.
    """
    seconds, n = np.array(seconds), len(seconds)
    median = np.median(seconds)
    all_of_them = np.append(COMPILES, seconds)
    missing = "One time is missing: `repeats` of them are wanted, and one call more before them, which compiles."
    even = "The median of an even number of times is the mean of the two in the middle, as `np.median` gives it."
    middle = [np.sort(seconds)[n // 2], np.sort(seconds)[(n - 1) // 2]]
    one_more = np.median(np.append(seconds, seconds[0]))
    return {
        "Is there one round too many? `repeats` times are wanted, besides the call that compiles.": (
            [one_more] if called == n + 2 else []
        ),
        "After one time it is over. Does a `return` stand inside the loop?": [seconds[0]] if called == 2 else [],
        "The clock is started after the call. Read it before: the call itself belongs to the step.": (
            np.median(seconds - RETURNS)
        ),
        even: middle if n % 2 == 0 and called > n else [],
        missing: [np.median(seconds[:-1]), seconds[:-1].mean()] if called == n else [np.median(seconds[1:])],
        "Is the first call among them? It compiles, which happens once: call the step once before the clock.": [
            np.median(all_of_them[:-1]),
            np.median(all_of_them),
            *(np.mean(part) for part in (all_of_them, all_of_them[:-1])),
            all_of_them.sum() / n,
            all_of_them.sum(),
            all_of_them[:-1].sum(),
            COMPILES,
            seconds.mean() - COMPILES,
            median - COMPILES,
        ],
        "The clock is stopped when the call returns, not when the work is done. Look at the result before that.": [
            RETURNS,
            n * RETURNS,
            np.median([COMPILES, *[RETURNS] * (n - 1)]),
            np.mean([COMPILES, *[RETURNS] * (n - 1)]),
        ],
        "That is the mean. One interruption in one call moves it; the median stays.": [seconds.mean()],
        "That is the sum of all calls. Seconds *a step* are wanted.": seconds.sum(),
        "That is the shortest. The machine was lucky once: what does it take as a rule?": seconds.min(),
        "That is the longest. It was also the first: the machine was busy with something else. What does a step "
        "take as a rule?": seconds.max(),
        "That is one call. One call may be interrupted: take the median of all of them.": [seconds[-1], seconds[0]],
        "Is the clock started once, before the loop? Each call needs a start of its own.": [
            np.median(np.cumsum(seconds)),
            np.cumsum(seconds).mean(),
        ],
        "The start is read after the end? Or start minus end?": [-median, -seconds.mean()],
        "These are milliseconds. Wanted are seconds.": 1000 * median,
        "That is how many steps fit into a second. Seconds a step are wanted.": [1 / median, 1 / seconds.mean()],
        "That is the spread of the calls. Wanted is their median.": [
            seconds.std(),
            seconds.std(ddof=1),
            seconds.var(),
        ],
        "A median is the time of one step already. Is it divided once more?": [median / n, median / (n + 1)],
        "The clock has seen nothing of the call: the step has to stand between the two readings. Or is the time cut to "
        "whole seconds?": 0.0,
        "One time is divided by all of them, or only the last was kept: is `+=` meant?": [
            seconds[-1] / n,
            seconds[0] / n,
        ],
        "That is the time on the clock. A duration is the difference of two readings.": [
            100.0,
            100.0 + COMPILES,
        ],
        "It is rounded. Steps of a millisecond would all become 0.": [np.round(median, d) for d in (0, 1, 2)],
    }
