"""The checks of exercise 08, Titanic."""

import numpy as np

from utils.checks import decisions, digits, holes, passengers, right, shares, task, wrong
from utils.checks.asked import ask, hint_of
from utils.checks.fitted import classifier, fault_of_training
from utils.checks.mistakes import apart, list_of

_MANY = "Two numbers are wanted for all passengers together. Is a mean or a sum missing?"


def _two(answer, arguments, nothing, swapped=None, broken=None):
    """Asks for two numbers."""
    n = len(arguments[0])
    shapes = {(): nothing, (n,): _MANY, (2, n): _MANY, (n, 2): _MANY, (3,): "Three numbers came back, two are wanted."}
    errors = {
        "divide|zero": "Is something divided by 0?",
        "unsupported|operand": "`p > threshold` is an array of True.",
    }
    return ask(answer, *arguments, shape=(2,), shapes=shapes, errors=errors, broken=broken or "Is it divided by 0?")


@task(
    hint=(
        "The answers are zeros and ones. Their mean is the share p of right ones; the number of right ones follows a "
        "binomial distribution, whose variance is n p (1 - p). Divide the number by n: what happens to the variance?",
        "`p = np.mean(right)`, and the error is the root of `p * (1 - p) / len(right)`.",
    )
)
def with_error(answer):
    """Write `with_error(right)`: the share of right answers and its binomial standard deviation, two numbers."""
    for n, share, seed in [(179, 0.8, 1), (60, 0.35, 2)]:
        (given,) = shares.answers(n, share, seed=seed)
        wanted = shares.error_of(given)
        nothing = "An accuracy without an error is half of a number: nobody can compare it. Return both."
        got = _two(answer, [given], nothing)
        if not shares.same(got, wanted):
            what = f"For {given.sum()} of {n} it gives {list_of(got)}, wanted {list_of(wanted)}."
            general = "Write p for the share. What is the standard deviation of one answer, and what of the mean of n?"
            return wrong(what, hint_of(got, shares.mistaken_errors(given), general, rtol=2e-4))
    return right(
        "For 0.80 on 179 passengers the error is 0.030, and four times as many would halve it. Where all are right it "
        "is 0, which nobody believes: that is what Wilson's interval is for."
    )


@task(
    hint=(
        "Three numbers are fitted, and all three on the training sample: the median of its known ages, and then, with "
        "its holes filled, its mean and its standard deviation. Note the holes of the new passengers before you fill.",
        "`fill = np.nanmedian(training)`; `np.where(np.isnan(training), fill, training)` has the mean and the width; "
        "the same `np.where` for `new`, minus that mean, divided by that width; and `np.isnan(new)` beside it, by "
        "`np.column_stack`.",
    )
)
def prepare(answer):
    """Write `prepare(training, new)`: the new ages filled and scaled, and 1 for a hole, shape (B, 2)."""
    for case in (1, 2):
        training, new = holes.ages(case)
        wanted, known = holes.prepared(training, new), (~np.isnan(new)).sum()
        dropped = (
            "Passengers with a hole are dropped. Somebody has to answer for them, too, and they are not like the rest."
        )
        marked = "Where is the mark for the holes? Wanted are two columns: the age, and 1 where it was missing."
        shapes = {
            wanted.shape[::-1]: "Rows and columns are exchanged: one row for each passenger.",
            (len(new),): marked,
            (len(new), 1): marked,
            (known, 2): dropped,
            (known,): dropped,
            (len(training), 2): "That is the training sample. The new passengers are wanted, with its numbers.",
            (len(training) + len(new), 2): "These are all passengers together. The new ones are wanted.",
            (): "One number came back. Wanted is a row for each new passenger.",
        }
        broken = (
            "A hole is left, or made: the median, the mean or the width of an array with a hole is a hole. "
            "`np.nanmedian` leaves holes out."
        )
        got = ask(answer, training, new, shape=wanted.shape, shapes=shapes, broken=broken)
        if np.allclose(got, wanted, atol=1e-4) or np.allclose(got, holes.prepared(training, new, ddof=1), atol=1e-4):
            continue
        row, column = np.unravel_index(np.abs(got - wanted).argmax(), got.shape)
        yours, theirs = apart(got[row, column], wanted[row, column])
        age = "with a hole" if np.isnan(new[row]) else f"of {digits(new[row])} years"
        what = f"For the new passenger {age} it gives {yours} in column {column}, wanted {theirs}."
        general = (
            "Print the three numbers that you have fitted: median, mean, width. From which passengers do they come?"
        )
        if np.allclose(got[:, 0], wanted[:, 0], atol=1e-4):
            general = "The ages are right. The second column is 1 where a *new* passenger has a hole, 0 elsewhere."
        return wrong(what, hint_of(got, holes.mistaken_preparations(training, new), general))
    return right(
        "Median, mean and width come from the training sample, whoever is asked about: so a passenger who comes alone "
        "gets the same numbers as in a crowd. And the mark says what the median hides."
    )


@task(
    hint=(
        "Subtract the answers passenger by passenger: the difference is 1, 0 or -1. Where both models are right, or "
        "both wrong, it is 0 and says nothing about which is better. The mean of these numbers has an error like any "
        "mean.",
        "`d = a - b`, then `d.mean()` and `d.std() / np.sqrt(len(d))`.",
    )
)
def paired(answer):
    """Write `paired(a, b)`: the difference of the two accuracies, a minus b, and its paired error, two numbers."""
    for n, first, second, seed in [(179, 0.84, 0.76, 3), (400, 0.7, 0.74, 4)]:
        a, b = shares.answers(n, first, second, seed=seed)
        wanted = shares.difference_of(a, b)
        nothing = "A difference without an error does not say which model is better. Return both."
        got = _two(answer, [a, b], nothing)
        if not shares.same(got, wanted) and not shares.same(got, shares.mcnemar(a, b)):
            what = (
                f"For {a.sum()} and {b.sum()} right of the same {n} it gives {list_of(got)}, wanted {list_of(wanted)}."
            )
            general = "Print `a - b` for the first ten passengers. Of which numbers is the mean taken?"
            return wrong(what, hint_of(got, shares.mistaken_differences(a, b), general, rtol=1e-3))
    return right(
        "Passengers on whom both are right, or both wrong, say nothing about the difference, and they do not blur it "
        "any more: for the 179 of this check the paired error is 0.024, and that of two samples apart 0.030."
    )


@task(
    hint=(
        "Count four kinds: said and true, said and not true, not said and true, the rest. Precision asks how many of "
        'the letters "rescued" are true, recall how many of the survivors get one.',
        "`said = p > threshold`, `hits = np.sum(said & (survived == 1))`; precision is `hits / said.sum()`, recall is "
        "`hits` divided by the number of survivors.",
    )
)
def precision_recall(answer):
    """Write `precision_recall(p, survived, threshold)`: precision and recall of saying "rescued", two numbers."""
    for n, threshold, seed in [(178, 0.7, 1), (90, 0.3, 2)]:
        p, survived = decisions.outputs(n, seed)
        wanted = decisions.precision_and_recall(p, survived, threshold)
        got = _two(answer, [p, survived, threshold], "One number came back. Precision and recall are two questions.")
        if np.allclose(got, wanted, rtol=1e-3):
            continue
        tp, fp, fn, _ = decisions.matrix(p, survived, threshold)
        what = f"{tp} true and {fp} false letters, {fn} survivors without one: it gives {list_of(got)}"
        general = "Write down the four counts, then the two fractions: what stands below each line?"
        hint = hint_of(got, decisions.mistaken_rates(p, survived, threshold), general)
        return wrong(f"{what}, wanted {list_of(wanted)}.", hint)
    return right(
        "Precision looks at the letters, recall at the survivors. A higher threshold makes recall smaller or leaves "
        "it; precision mostly rises, and can fall."
    )


@task(
    hint=(
        "Two steps, two samples. Compute the cost per passenger at each threshold on the validation sample, and take "
        "the threshold where it is lowest. Then compute one cost on the test sample, at that threshold.",
        "`cost = lambda p, y, t: np.mean(c * ((p > t) & (y == 0)) + ((p <= t) & (y == 1)))`, "
        "`best = min(thresholds, key=lambda t: cost(p_val, y_val, t))`, then the cost of the test sample at `best`.",
    )
)
def decide(answer):
    """Write `decide(p_val, y_val, p_test, y_test, c, thresholds)`: the threshold and its cost, two numbers."""
    thresholds = np.round(np.arange(0.05, 1, 0.05), 2)
    for c, seed in [(3.0, 4), (6.0, 24)]:
        validation, test = decisions.outputs(178, seed), decisions.outputs(179, seed + 1000)
        good = decisions.decisions(validation, test, c, thresholds)
        nothing = "One number came back. Wanted are the threshold and what the test sample pays for it."
        got = _two(answer, [*validation, *test, c, thresholds], nothing)
        if any(np.allclose(got, each, rtol=1e-3) for each in good):
            continue
        what = f"With c = {digits(c)} it gives {list_of(got)}, wanted {list_of(good[0])}."
        general = "Print the cost of the validation sample at each threshold. Which is the lowest? And on the test?"
        if any(np.isclose(got[0], threshold) for threshold, _ in good):
            general = "The threshold is right. Print the two counts on the test sample, c times the one plus the other."
        elif not np.isclose(got[0], thresholds, atol=1e-6).any():
            general = "The first number is none of the thresholds in the list. Choose one of them."
        hint = hint_of(got, decisions.mistaken_decisions(validation, test, c, thresholds), general, rtol=1e-3)
        return wrong(what, hint)
    return right(
        "The validation sample chooses, the test sample reports. The lowest cost of the sample that chooses is too "
        "good to be true: it was taken because it is low."
    )


@task(
    hint=(
        "One function that sets a seed, builds a small net, trains it with the validation sample beside it and gives "
        "the accuracy on the test sample; and a loop over five seeds. What tells you when to stop?",
        "`keras.utils.set_random_seed(seed)`, one hidden layer of 16 ReLUs and a sigmoid, `Adam(0.01)`, 20 epochs of "
        "batches of 89, `np.mean((np.array(model(x_test))[:, 0] > 0.5) == y_test)`; append it to a list.",
    )
)
def five_nets(model, accuracies):
    """Train nets from five seeds or more: `accuracies`, their test accuracies, and `model`, the last net."""
    numbers = accuracies.numbers()
    *_, (x, y) = passengers.samples()
    p, said = classifier(model, x)
    accuracy = float(np.mean(said == y))
    found = passengers.fault_of_outputs(p, accuracy) or passengers.fault_of_list(numbers, accuracy)
    if not found:
        knows = lambda: np.mean(classifier(model, x)[1] == y) >= passengers.ENOUGH  # noqa: E731
        found = fault_of_training(model.raw, knows)
    if found:
        return wrong(*found)
    return right(
        "Several seeds, one split: the spread of this list is the luck of the start. The luck of 179 passengers, "
        "0.030, is the same for all of them and does not show in it."
    )
