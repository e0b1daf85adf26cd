"""Exercise 09, tasks 1 and 2: rates on a log axis, and a clock; right in many ways and wrong in more."""

import math
import statistics
import time

import numpy as np
import pytest

from tests.answers import is_refused, is_right
from utils.checks import chapter_09 as check
from utils.checks import clocked

lin = np.linspace

# --- task 1 -----------------------------------------------------------------------------------------------------------


def by_ten(n):
    found, rate = ([], 1e-05)
    for _ in range(n):
        found.append(rate)
        rate *= 10
    return found


def first_only(n):
    for i in range(n):
        return 1e-05 * 10 ** (4 * i / (n - 1))


def by_two(n):
    return [1e-05 * 2**i for i in range(n)]


def steps(n):
    return 1e-05 * 10 ** (4 * np.arange(n) / n)


@pytest.mark.parametrize(
    "answer",
    [
        lambda n: np.logspace(-5, -1, n),
        lambda n: np.geomspace(1e-5, 1e-1, n),
        lambda n: list(np.logspace(-5, -1, n)),
        lambda n: (10**e for e in lin(-5, -1, n)),
        lambda n: np.exp(lin(np.log(1e-5), np.log(1e-1), n)),
        lambda n: np.logspace(-5, -1, n).astype("float32"),
        lambda n: [1e-5 * 10 ** (4 * i / (n - 1)) for i in range(n)],
        lambda n: tuple(1e-5 * (1e4 ** (1 / (n - 1))) ** i for i in range(n)),
        lambda n: np.logspace(-5, -1, n)[:, None],
        lambda n: 10 ** lin(-5, -1, n),
        lambda n: map((10.0).__pow__, lin(-5, -1, n)),
        lambda n: np.logspace(-1, -5, n)[::-1],
        lambda n: np.cumprod([1e-5] + [10 ** (4 / (n - 1))] * (n - 1)),
        lambda n: np.logspace(np.log2(1e-5), np.log2(1e-1), n, base=2),
    ],
)
def test_rates_right(answer):
    is_right(check.rates.feedback(answer), "Every decade gets as many tries")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda n: lin(1e-5, 1e-1, n), "The steps are equal on a linear axis, so nearly all"),
        (lambda n: lin(-5, -1, n), "These are the exponents."),
        (lambda n: np.logspace(1e-5, 1e-1, n), "`np.logspace` wants the exponents of its ends,"),
        (lambda n: np.logspace(-1, -5, n), "These go down, from 0.1 on."),
        (lambda n: np.geomspace(1e-1, 1e-5, n), "These go down, from 0.1 on."),
        (lambda n: np.logspace(-5, -1, n + 1), "Wanted are 5 numbers for n = 5, both ends among"),
        (lambda n: np.logspace(-5, -1, n - 1), "Wanted are 5 numbers for n = 5, both ends among"),
        (lambda n: np.logspace(-5, -1), "`np.logspace` gives 50 numbers where nobody says"),
        (lambda n: np.logspace(-5, -1, n, endpoint=False), "The last one, 0.1, is missing"),
        (lambda n: np.exp(lin(-5, -1, n)), "These are powers of e."),
        (lambda n: np.logspace(5, 1, n), "The exponents have lost their sign"),
        (lambda n: np.logspace(1, 5, n), "The exponents have lost their sign"),
        (lambda n: np.log10(np.logspace(-5, -1, n)), "These are the exponents."),
        (lambda n: np.log(np.geomspace(1e-5, 1e-1, n)), "These are natural logarithms of rates."),
        (by_ten, "The factor from one to the next is always 10 in"),
        (by_two, "The factor from one to the next is always 2 in"),
        (steps, "The last one, 0.1, is missing"),
        (first_only, "One number came back."),
        (lambda n: np.logspace(-5, 0, n), "The factors are equal, but the ends are 1e-05 and 1."),
        (lambda n: np.logspace(-4, -1, n), "The factors are equal, but the ends are 0.0001 and"),
        (lambda n: np.logspace(-5, -2, n), "The factors are equal, but the ends are 1e-05 and"),
        (lambda n: np.arange(1e-5, 1e-1, n), "Wanted are 5 numbers for n = 5, both ends among"),
        (lambda n: np.arange(1e-5, 1e-1, (1e-1 - 1e-5) / n), "The steps are equal on a linear axis, so nearly all"),
        (lambda n: np.logspace(-5, -1, n, base=2), "These are powers of 2."),
        (lambda n: 10 ** np.random.default_rng(0).uniform(-5, -1, n), "They do not grow from each to the next."),
        (lambda n: np.random.default_rng(0).uniform(1e-5, 1e-1, n), "They do not grow from each to the next."),
        (lambda n: [1e-5, 1e-4, 1e-3, 1e-2, 1e-1], "Is the number of rates always the same?"),
        (lambda n: np.round(np.logspace(-5, -1, n), 4), "Are they rounded?"),
        (lambda n: np.log(lin(1e-5, 1e-1, n)), "These are natural logarithms of rates."),
        (lambda n: np.geomspace(-5, -1, n), "`np.logspace` wants the exponents of its ends,"),
        (lambda n: lin(math.sqrt(1e-5), math.sqrt(1e-1), n) ** 2, "The steps are equal for the root of the rate."),
        (
            lambda n: np.sort(10 ** np.random.default_rng(0).uniform(-5, -1, n)),
            "Print each rate divided by the one before it",
        ),
        (lambda n: 10 ** np.arange(-5, -1), "Whole numbers have no negative powers"),
        (lambda n: 10.0 ** np.arange(-5, 0), "Is the number of rates always the same?"),
        (lambda n: [10**-i for i in range(1, n + 1)], "These go down, from 0.1 on."),
        (lambda n: np.logspace(-5, -1, n)[1], "One number came back."),
        (lambda n: "1e-5 ... 1e-1", "Print what it returns."),
        (lambda n: -np.logspace(-5, -1, n), "A rate below 0 would climb the loss."),
        (lambda n: 1 / lin(1e5, 10, n), "The steps are equal for 1 / rate."),
        (lambda n: np.logspace(-5, -1, 5), "Is the number of rates always the same?"),
        (lambda n: np.logspace(-5, -1, float(n)), "`range`, and a shape, want whole numbers."),
        (lambda n: [1e-5 + i * 1e-1 / n for i in range(n)], "The steps are equal on a linear axis, so nearly all"),
        (np.logspace(-5, -1, 5), "Give the function itself, by its name, without"),
        (lambda n: 10 ** [-5, -1], "A list, or a function, does not count as an array"),
        (lambda n: np.log10(1e-5, 1e-1, n), "`np.geomspace(low, high, n)` takes the ends,"),
        (lambda n: range(1e-5, 1e-1, n), "`range`, and a shape, want whole numbers."),
        (lambda n: np.logspace(-5, -1, n) * 2, "All are too large or too small by the same factor."),
        (lambda n: [1e-4 * i for i in range(n)], "a learning rate of 0 learns nothing"),
        (lambda n: np.logspace([-5, -1], n), "The two ends are two arguments"),
    ],
)
def test_rates_wrong(answer, words):
    is_refused(check.rates.feedback(answer), words)


# --- task 2 -----------------------------------------------------------------------------------------------------------


wait = np.asarray


def timed(step, clock, waits=True):
    start = clock()
    result = step()
    if waits:
        wait(result)
    return clock() - start


def times(step, repeats, clock, warm=1, waits=True):
    for _ in range(warm):
        wait(step())
    return [timed(step, clock, waits) for _ in range(repeats)]


def methods(step, repeats, clock):
    step().block_until_ready()
    t = []
    for _ in range(repeats):
        s = clock()
        step().block_until_ready()
        t.append(clock() - s)
    return statistics.median(t)


def numpys(step, repeats, clock):
    step()
    t = np.zeros(repeats)
    for i in range(repeats):
        s = clock()
        step().numpy()
        t[i] = clock() - s
    return np.quantile(t, 0.5)


def laps(step, repeats, clock):
    wait(step())
    marks = [clock()]
    for _ in range(repeats):
        wait(step())
        marks.append(clock())
    return np.median(np.diff(marks))


def all_then_drop(step, repeats, clock):
    return np.median([timed(step, clock) for _ in range(repeats + 1)][1:])


def sorted_by_hand(step, repeats, clock):
    t = sorted(times(step, repeats, clock))
    m = len(t) // 2
    return t[m] if len(t) % 2 else (t[m - 1] + t[m]) / 2


def to_float(step, repeats, clock):
    float(step())
    t = []
    for _ in range(repeats):
        s = clock()
        float(step())
        e = clock()
        t.append(e - s)
    return np.float32(np.median(t))


def around(step, repeats, clock):
    wait(step())
    s = clock()
    for _ in range(repeats):
        wait(step())
    return (clock() - s) / repeats


def around_total(step, repeats, clock):
    return around(step, repeats, clock) * repeats


def around_no_wait(step, repeats, clock):
    wait(step())
    s = clock()
    for _ in range(repeats):
        step()
    return (clock() - s) / repeats


def around_last_wait(step, repeats, clock):
    wait(step())
    s = clock()
    for _ in range(repeats):
        r = step()
    wait(r)
    return (clock() - s) / repeats


def one_start(step, repeats, clock):
    wait(step())
    s = clock()
    t = []
    for _ in range(repeats):
        wait(step())
        t.append(clock() - s)
    return np.median(t)


def outside(step, repeats, clock):
    wait(step())
    t = []
    for _ in range(repeats):
        wait(step())
        s = clock()
        t.append(clock() - s)
    return np.median(t)


def waits_after(step, repeats, clock):
    wait(step())
    t = []
    for _ in range(repeats):
        s = clock()
        r = step()
        e = clock()
        wait(r)
        t.append(e - s)
    return np.median(t)


def after_the_call(step, repeats, clock):
    wait(step())
    t = []
    for _ in range(repeats):
        r = step()
        s = clock()
        wait(r)
        t.append(clock() - s)
    return np.median(t)


def twice(step, repeats, clock):
    wait(step())
    t = []
    for _ in range(repeats):
        s = clock()
        step()
        wait(step())
        t.append(clock() - s)
    return np.median(t)


def prints(step, repeats, clock):
    print(step())
    t = []
    for _ in range(repeats):
        s = clock()
        print(step(), end=" ")
        t.append(clock() - s)
    return np.median(t)


def formats(step, repeats, clock):
    t = [(f"{step():.3f}", clock())]
    for _ in range(repeats):
        t.append((f"{step():.3f}", clock()))
    return np.median(np.diff([seconds for _, seconds in t]))


def own_clock(step, repeats, clock):
    wait(step())
    t = []
    for _ in range(repeats):
        s = time.perf_counter()
        wait(step())
        t.append(time.perf_counter() - s)
    return np.median(t)


def not_called_clock(step, repeats, clock):
    s = clock
    wait(step())
    return clock - s


def not_called_step(step, repeats, clock):
    t = []
    for _ in range(repeats):
        s = clock()
        assert callable(step)
        t.append(clock() - s)
    return np.median(t)


def not_called_step2(step, repeats, clock):
    step.block_until_ready()
    return 0.2


def in_first(step, repeats, clock):
    for _ in range(repeats):
        s = clock()
        wait(step())
        return clock() - s


def backwards(step, repeats, clock):
    wait(step())
    t = []
    for _ in range(repeats):
        s = clock()
        wait(step())
        t.append(s - clock())
    return np.median(t)


def drop_one_of_repeats(step, repeats, clock):
    return np.median([timed(step, clock) for _ in range(repeats)][1:])


def empty_list(step, repeats, clock):
    return np.median([])


def sum_it(step, repeats, clock):
    wait(step())
    total = 0
    for _ in range(repeats):
        s = clock()
        wait(step())
        total = clock() - s
    return total / repeats


@pytest.mark.parametrize(
    "answer",
    [
        lambda s, r, c: np.median(times(s, r, c)),
        methods,
        numpys,
        laps,
        all_then_drop,
        sorted_by_hand,
        to_float,
        prints,
        formats,
        lambda s, r, c: np.median(times(s, r, c, warm=3)),
        lambda s, r, c: [np.median(times(s, r, c))],
        lambda s, r, c: statistics.median(times(s, r, c)),
        lambda *a: np.median(times(*a)),
    ],
)
def test_seconds_a_step_right(answer):
    is_right(check.seconds_a_step.feedback(answer), "after a millisecond")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda s, r, c: np.median([timed(s, c) for _ in range(r)]), "Is the first call among them?"),
        (lambda s, r, c: np.mean(times(s, r, c)), "That is the mean."),
        (lambda s, r, c: sum(times(s, r, c)), "That is the sum of all calls."),
        (lambda s, r, c: min(times(s, r, c)), "That is the shortest."),
        (lambda s, r, c: max(times(s, r, c)), "That is the longest."),
        (lambda s, r, c: np.mean(times(s, r, c, warm=0)), "Is the first call among them?"),
        (lambda s, r, c: np.median(times(s, r, c, waits=False)), "The clock is stopped when the call returns, not"),
        (lambda s, r, c: np.mean(times(s, r, c, waits=False)), "The clock is stopped when the call returns, not"),
        (lambda s, r, c: timed(s, c), "Is the first call among them?"),
        (lambda s, r, c: times(s, r, c)[-1], "That is one call."),
        (lambda s, r, c: times(s, r, c)[0], "That is the longest."),
        (lambda s, r, c: times(s, r, c), "All times came back."),
        (lambda s, r, c: 1000 * np.median(times(s, r, c)), "These are milliseconds."),
        (around, "That is the mean."),
        (around_total, "That is the sum of all calls."),
        (around_no_wait, "The clock is stopped when the call returns, not"),
        (around_last_wait, "That is the mean."),
        (one_start, "Is the clock started once, before the loop?"),
        (outside, "The clock has seen nothing of the call"),
        (waits_after, "The clock is stopped when the call returns, not"),
        (own_clock, "The clock is the third argument, so that it can be"),
        (not_called_clock, "`clock` is a function"),
        (not_called_step, "`step()`, with brackets, does a step."),
        (not_called_step2, "`np.asarray(result)` waits for every kind of result."),
        (in_first, "Is the first call among them?"),
        (backwards, "The start is read after the end?"),
        (drop_one_of_repeats, "One time is missing"),
        (empty_list, "The median of an empty list is no number."),
        (sum_it, "One time is divided by all of them, or only the"),
        (lambda s, r, c: 1 / np.median(times(s, r, c)), "That is how many steps fit into a second."),
        (lambda s, r, c: np.std(times(s, r, c)), "That is the spread of the calls."),
        (lambda s, r, c: (np.median(times(s, r, c)), np.std(times(s, r, c))), "Two numbers came back."),
        (lambda s, r, c: sorted(times(s, r, c))[r // 2], "The median of an even number of times is the mean"),
        (lambda s, r, c: np.median([timed(s, c) for _ in range(r + 1)]), "Is the first call among them?"),
        (lambda s, r, c: np.mean([timed(s, c) for _ in range(r + 1)]), "Is the first call among them?"),
        (lambda s, r, c: np.median(times(s, r, c)) / r, "A median is the time of one step already."),
        (lambda s, r, c: np.median(times(s, 5, c)), "With repeats = 5 it was called 6 times too."),
        (lambda s, r, c: round(np.median(times(s, r, c)), 2), "It is rounded."),
        (lambda s, r: 0.2, "It is called with more arguments than it takes."),
        (0.2, "Give the function itself, by its name, without"),
        (lambda s, r, c: timed(s, c, waits=False), "Is the first call among them?"),
        (lambda s, r, c: sum(timed(s, c) for _ in range(r)) / r, "Is the first call among them?"),
        (lambda s, r, c: c(), "`step()`, with brackets, does a step."),
        (lambda s, r, c: statistics.median_low(times(s, r, c)), "The median of an even number of times is the mean"),
        (lambda s, r, c: np.median(times(s, r, c)[1:]), "One time is missing"),
        (lambda s, r, c: s(), "The clock is the third argument, so that it can be"),
        (
            lambda s, r, c: np.median(times(s, r, c, warm=0, waits=False)),
            "The clock is stopped when the call returns, not",
        ),
        (lambda s, r, c: np.sqrt(np.var(times(s, r, c))), "That is the spread of the calls."),
        (lambda s, r, c: (times(s, r, c), c())[1], "That is the time on the clock"),
        (lambda s, r, c: s(r), "with nothing between its brackets"),
        (lambda s, r, c: int(np.median(times(s, r, c))), "is the time cut to whole seconds?"),
        (lambda s, r, c: np.median(times(s, r + 1, c)), "Is there one round too many?"),
        (lambda s, r, c: times(s, 1, c)[0], "Does a `return` stand inside the loop?"),
        (after_the_call, "The clock is started after the call."),
        (twice, "are two steps. Keep the first result"),
    ],
)
@pytest.mark.filterwarnings("ignore:(Mean of empty slice|invalid value):RuntimeWarning")
def test_seconds_a_step_wrong(answer, words):
    is_refused(check.seconds_a_step.feedback(answer), words)


def test_the_machine_of_the_check_keeps_its_own_time():
    machine = clocked.Machine([0.5, 0.25])
    promise = machine.step()
    assert machine.clock() == 104
    assert float(promise) == 0.5
    assert machine.clock() == 104
    promise = machine.step()
    assert machine.clock() == pytest.approx(104.001)
    assert promise.numpy() == np.asarray(promise) == promise.item() == 0.5
    assert machine.clock() == pytest.approx(104.5)
    first, second = machine.step(), machine.step()
    first.block_until_ready()
    assert machine.clock() == pytest.approx(104.75)
    second.block_until_ready()
    assert machine.clock() == pytest.approx(105.25)


def test_a_median_is_an_answer_that_no_other_formula_gives():
    for seconds in clocked.CASES:
        others = [s for k in (len(seconds), len(seconds) + 1) for s in clocked.mistaken_times(seconds, k).values()]
        numbers = np.concatenate([np.ravel(other) for other in others])
        assert np.abs(numbers / np.median(seconds) - 1).min() > 2.5e-3
