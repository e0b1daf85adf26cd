"""The checks of exercise 09, software, GPUs and hyper-parameters."""

import numpy as np

from utils.checks import clocked, digits, luck, right, searched, task, trials, tries, wrong
from utils.checks.asked import ask, hint_of
from utils.checks.fitted import fault_of_training
from utils.checks.mistakes import apart, first_hint, list_of, one_number


def _each(got, numbers):
    """Tells whether numbers agree one by one, the small ones too."""
    return np.allclose(got, numbers, rtol=1e-3, atol=1e-12)


@task(
    hint=(
        "On a log axis equal steps are equal factors. Take equal steps between the exponents, -5 and -1, and make a "
        "power of 10 of each.",
        "`np.geomspace(...)` takes the two ends and n, `np.logspace(...)` takes the two exponents and n.",
    )
)
def rates(answer):
    """Write `rates(n)`: n learning rates from 0.00001 to 0.1 in equal steps on a log axis, shape (n,)."""
    for n in (5, 9, 4):
        wanted = tries.grid(n)
        count = f"Wanted are {n} numbers for n = {n}, both ends among them."
        shapes = {
            (): "One number came back. Does a `return` stand inside a loop?",
            (50, 2): "The two ends are two arguments, without square brackets, and n is the third one.",
            (50,): "`np.logspace` gives 50 numbers where nobody says how many: n is its third argument.",
            **{(m,): count for m in (0, 1, n - 1, n + 1)},
        }
        shapes |= {
            (m,): "Is the number of rates always the same? It is n."
            for m in range(3, 200)
            if abs(m - n) > 1 and m != 50
        }
        errors = {
            "power|Integers to negative": "Whole numbers have no negative powers: `10.0 ** e`, with a point.",
            "positional argument": "`np.geomspace(low, high, n)` takes the ends, `np.logspace` their exponents.",
            "Geometric sequence": "An end of a geometric sequence is never 0, and both have the same sign.",
        }
        got = ask(answer, n, shape=(n,), shapes=shapes, errors=errors, broken="Is something divided by 0?")
        if np.allclose(got, wanted, rtol=1e-3, atol=0):
            continue
        far = int(np.abs(np.log(np.maximum(got, 1e-12) / wanted)).argmax())
        yours, theirs = apart(got[far], wanted[far])
        hint = first_hint(got, tries.mistaken_rates(n), tries.fault_of_rates(got), _each)
        return wrong(f"For n = {n} number {far} is {yours}, wanted {theirs}.", hint)
    return right(
        "Every decade gets as many tries as the others. On a linear axis nine of ten would lie above 0.01, and a good "
        "rate of 0.001 would stay undiscovered."
    )


_NO_CLOCK = "The clock is the third argument, so that it can be exchanged: `clock()` gives the time in seconds."


@task(
    hint=(
        "Call the step once and look at its result, without the clock. Then, for each repeat, four things in this "
        "order: read the clock, call the step, look at the result, read the clock again.",
        "`np.asarray(step())`; then in a loop `start = clock()`, `np.asarray(step())`, "
        "`times.append(clock() - start)`; at the end the median of `times`.",
    )
)
def seconds_a_step(answer):
    """Write `seconds_a_step(step, repeats, clock)`: the median time of a step, without the call that compiles."""
    before = 0
    for seconds in clocked.CASES:
        machine, n, wanted = clocked.Machine(seconds), len(seconds), float(np.median(seconds))
        errors = {
            "unsupported operand.*method": "`clock` is a function: `clock()` reads it.",
            "'(method|function)' object has no": "`step` is a function: `step()` calls it, and gives the result.",
            "no attribute": "`np.asarray(result)` waits for every kind of result.",
            r"step\(\) takes|clock\(\) takes": "It is called with nothing between its brackets, once for each step.",
            "No data|median requires|empty": "The list of times is empty. Is each one appended?",
            "Promise": "`step()` gives a result to look at, not a number to count with.",
        }
        shapes = {
            (n,): "All times came back. One number is wanted: their median.",
            (n + 1,): "All times came back. One number is wanted: their median.",
            (2,): "Two numbers came back. Wanted is the median alone.",
        }
        broken = "The median of an empty list is no number. Is each time appended to it?"
        got = ask(answer, machine.step, n, machine.clock, shape=(), shapes=shapes, errors=errors, broken=broken)
        called, before = len(machine.took), len(machine.took) if before == 0 else before
        if np.isclose(got, wanted, rtol=2e-3, atol=0):
            continue
        yours, theirs = apart(float(got), wanted)
        what = (
            f"The step was called {called} time{'s' if called != 1 else ''}, and it gives {yours} s, wanted {theirs} s."
        )
        if called == 0:
            return wrong(what, "`step()`, with brackets, does a step. Without them nothing is done.")
        if machine.readings == 0:
            return wrong(what, _NO_CLOCK)
        if n == 4 and called == before:
            return wrong(what, f"With repeats = 5 it was called {called} times too. Does `repeats` come in?")
        mistakes = clocked.mistaken_times(seconds, called)
        general = "Print all times. How many are there, is the first one as long as the others, and what is the median?"
        if abs(got) > 90:
            general = "That is the time on the clock, or two of them. A duration is the end minus the start."
        elif called > 2 * n:
            general = "`step()` and then `np.asarray(step())` are two steps. Keep the first result: `result = step()`."
        elif called < n + 1:
            general = (
                f"With repeats = {n} the step is called {n + 1} times or more: once to compile, and once for each time."
            )
        return wrong(what, hint_of(got, mistakes, general, rtol=1e-3))
    return right(
        "The first call took 4 seconds, because it compiled, and each call came back after a millisecond, before the "
        "work was done. Neither of the two is the time of a step."
    )


@task(
    hint=(
        "How likely is it that a single try is *not* among the best? That all n are not? This chance has to be "
        "1 - certainty or less.",
        "Solve `(1 - share)**n <= 1 - certainty` for n, with two logarithms, and round up with `math.ceil`; or count n "
        "up in a loop until it is true.",
    )
)
def tries_needed(answer):
    """Write `tries_needed(share, certainty)`: how many random tries it takes, a whole number."""
    errors = {
        "math domain": "The logarithm of a number that is not larger than 0: is it 1 - certainty, and 1 - share?",
        "division by zero": "Is something divided by 0, the logarithm of 1?",
        "divide by zero": "Is something divided by 0, the logarithm of 1?",
        "exactly one argument": "`math.ceil` takes the number alone.",
        "must be real number": "`math.log` takes one number, without square brackets.",
    }
    several = "One number is wanted: the smallest n that reaches the certainty."
    broken = "Is that the logarithm of a number below 0, or a division by 0? 1 - certainty and 1 - share are above 0."
    asked = tries.ASKED
    got = [one_number(answer, *both, several=several, broken=broken, errors=errors) for both in asked]
    wanted = [tries.tries(*both) for both in asked]
    if not np.allclose(got, wanted, rtol=1e-6):
        k = int(np.argmax(~np.isclose(got, wanted, rtol=1e-6)))
        yours, theirs = apart(got[k], wanted[k])
        what = f"For a share of {asked[k][0]:g} and a certainty of {asked[k][1]:g} it gives {yours}, wanted {theirs}."
        general = "After n tries, how likely is it that none of them is among the best? Compute that for n = 1, 2, 3."
        if abs(got[k] - wanted[k]) < 0.1 * wanted[k]:
            general = "It is close. Is it exact, or drawn at random? `(1 - share)**n` is exact."
        return wrong(what, tries.fault_of_tries(np.array(got)) or general)
    return right(
        "59 random tries suffice for the best 5 % with a certainty of 95 %, however many hyper-parameters there are. "
        "But the best 5 % of a range that was chosen badly are not good."
    )


#: a list of bests may have any length
_MANY = dict.fromkeys(
    ((m,) for m in range(3, 20001)), "The best of each set came back. Their mean is wanted, one number."
)


@task(
    hint=(
        "Draw k of the scores and keep the largest: that is one searcher who had luck. Do it for thousands of "
        "searchers, and take the mean of what they have kept.",
        "`rng.choice(scores, (5000, k))` is a table with a row for each searcher; the maximum along `axis=1`, then the "
        "mean.",
    )
)
def best_of(answer):
    """Write `best_of(scores, k, rng)`: the best of k scores drawn at random, on average, one number."""
    errors = {
        "larger sample than population": "Each set of k is drawn anew from all scores.",
        "maximum supported dimension|must be (a sequence|1-dimensional|greater|an integer)|a must be": (
            "`rng.choice(scores, k)`: first from what, then how many."
        ),
        "setting an array element|inhomogeneous": "`rng.choice(scores, k)`: first from what, then how many.",
        "axis 1 is out of bounds|tuple index": "`axis=1` needs a table, as of `rng.choice(scores, (5000, k))`.",
        r"axis (?!1 )\d+ is out of bounds": "`np.max(x, k)` takes k for an axis. Draw first: `rng.choice(scores, k)`.",
        "has no attribute 'sample'|Generator' object": "A generator of NumPy draws with `rng.choice(scores, k)`.",
        "truth value": "`max` compares rows here: `np.max(..., axis=1)`, or `.max(axis=1)`.",
    }
    for case, k in luck.CASES:
        x = luck.scores(case)
        shapes = _MANY | {
            (
                k,
            ): "A number for each of the k draws came back. Is the maximum taken along `axis=1`, and the mean of it?",
            (2,): "Two numbers came back. Wanted is the mean of the bests alone.",
        }
        got = float(ask(answer, x, k, np.random.default_rng(0), shape=(), shapes=shapes, errors=errors))
        wanted, tolerance = luck.expected_best(x, k), luck.TOLERANCE * x.std()
        if abs(got - wanted) < tolerance:
            continue
        yours, theirs = apart(got, wanted)
        what = (
            f"Of 4,000 scores with the mean {x.mean():.3f} the best of {k} is {theirs}, on average. It gives {yours}."
        )

        def same(got, number, tolerance=tolerance):
            return np.abs(got - np.asarray(number)) < max(0.15 * tolerance, 1e-5 * abs(got))

        again = float(ask(answer, x, k, np.random.default_rng(1), shape=(), shapes=shapes, errors=errors))
        mistakes = {} if abs(got - again) > tolerance else luck.mistaken_bests(x, k)  # no formula: it is drawn anew
        return wrong(what, first_hint(got, mistakes, luck.fault_of_best(got, x, k, again), same))
    return right(
        "The best of 20 nets that differ by nothing but their seed stands above the mean by 2.6 standard "
        "deviations here, where the scores have a tail, and by 1.9 for normal ones. Draw that beside the gain of every "
        "search: what is below it may be luck."
    )


@task(
    hint=(
        "Three lines: ask the trial for both numbers, call `score` with them once for each seed, and return the mean "
        "of the validation scores. Whatever comes back steers the search, so the test score stays out of it.",
        '`trial.suggest_float("learning_rate", 1e-5, 1e-1, log=True)`, `trial.suggest_float("dropout", 0, 0.5)`, and '
        "`np.mean([score(learning_rate, dropout, seed)[0] for seed in range(3)])`.",
    )
)
def objective(answer):
    """Write `objective(trial, score)`: the mean validation score over three seeds or more, one number."""
    errors = {
        "low > 0": "0 has no place on a log axis. Which of the two is on one?",
        "low <= high": "First the lower end of the range, then the higher one.",
        "'Trial' object (is not|has no)": '`trial.suggest_float("learning_rate", ...)` asks a trial for a number.',
        r"score\(\) (missing|got|takes)": "It is called as `score(learning_rate, dropout, seed)`.",
        "Cannot set different": "One name was asked for twice, with different ranges. Each has a name of its own.",
        r"suggest_float\(\)": "`trial.suggest_float(name, low, high)`, and `log=True` by its name.",
        "three single numbers": "One net is trained in each call: call it once for each seed.",
        "'function' object": "`score` is a function: `score(learning_rate, dropout, seed)` gives two numbers.",
        "No trials are completed|Record does not exist": "The search goes on outside: an objective is one try.",
        "[Ss]core.*unsupported|tuple": "`score` gives a pair: `score(...)[0]` is the validation score.",
    }
    shapes = {
        (2,): "Two numbers came back. The search wants one: the mean of the validation scores.",
        (3,): "A number for each seed came back. Wanted is their mean.",
        (3, 2): "All pairs came back. Wanted is the mean of the validation scores.",
    }
    for trial in trials.new_trials(3):
        score, calls = trials.recorder()
        got = float(ask(answer, trial, score, shape=(), shapes=shapes, errors=errors))
        if found := trials.fault_of_space(trial) or trials.fault_of_calls(trial, calls):
            return wrong(f"It returns {digits(got)}, after {_calls(calls)}.", found)
        *_, validation, _ = np.transpose(calls)
        if np.isclose(got, validation.mean(), rtol=1e-5):
            continue
        yours, theirs = apart(got, validation.mean())
        what = f"The validation scores are {list_of(validation)}. It returns {yours}, wanted {theirs}."
        general = "Print what `score` gives. The first number of each pair is the validation score."
        return wrong(what, hint_of(np.float64(got), trials.mistaken_values(calls), general))
    return right(
        "The search sees the validation sample and a mean over seeds. It has not seen the test sample, so that one can "
        "still say what the chosen net is worth."
    )


def _calls(calls):
    return f"{len(calls)} call{'s' if len(calls) != 1 else ''} of `score`"


@task(
    hint=(
        "Two loops, one inside the other: over the rates and over the seeds. In it, a seed is set, a new model is "
        "built, compiled with this rate, fitted, and scored on the validation sample. Then one rate is chosen, and the "
        "test sample is asked once.",
        "`validation[i, j] = roc_auc_score(y_val, np.array(net(x_val))[:, 0])`, "
        "`best = validation.mean(axis=1).argmax()`, a net of row `best`, and "
        "`roc_auc_score(y_test, np.array(model(x_test))[:, 0])`.",
    )
)
def search(tried, validation, model, test_auc):
    """Train nets: `tried` rates, their `validation` AUC (rates, seeds), the chosen `model` and its `test_auc`."""
    if hasattr(test_auc.raw, "get_weights"):
        return wrong("The fourth answer is a model.", "The model is the third, and its AUC, a number, the fourth.")
    rates, table, reported = tried.numbers(), validation.array(), test_auc.number()
    found = searched.fault_of_rates(rates) or searched.fault_of_table(table, len(rates))
    if found:
        return wrong(*found)
    outputs = searched.outputs(model)
    found = searched.fault_of_choice(model.raw, outputs, rates, table)
    found = found or searched.fault_of_report(reported, outputs, table)
    if not found:
        _, y = searched.samples()[1]
        found = fault_of_training(model.raw, lambda: searched.area(searched.outputs(model)[1], y) >= searched.GOOD)
    if found:
        return wrong(*found)
    return right(
        "Every rate had the same number of seeds, their mean has chosen, and the test sample was asked once, by one "
        "net. What it says is worth believing."
    )
