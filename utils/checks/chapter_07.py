"""The checks of exercise 07, reading a training."""

import numpy as np

from utils.checks import digits, right, task, wrong
from utils.checks.answer import NotAnswered, Stopped
from utils.checks.asked import ask, hint_of
from utils.checks.discovery import (
    B,
    S,
    chosen,
    mistaken_choices,
    mistaken_significances,
    pairs,
    significance,
)
from utils.checks.mistakes import apart, list_of
from utils.checks.seeds import fault_of_nets, fault_of_summary, listed_models, scaled, scores_of
from utils.checks.weighted import (
    filled,
    mistaken_areas,
    mistaken_errors,
    mistaken_numbers,
    numbers_above,
    ranked,
    scored,
)
from utils.ranking import auc


@task(
    hint=(
        "The number of rows is random, with its own size as variance. A row of weight w adds w to the content: a "
        "random number that is w times as large has w squared times the variance. Variances add up.",
        "`np.histogram(x, edges, weights=...)` adds up whatever you give it as weights: give it the squares, and take "
        "the root of what comes back (first of the two things).",
    )
)
def errors(answer):
    """Write `errors(x, w, edges)`: the error of the content of each bin, shape (K,)."""
    for x, w, edges in filled():
        wanted = np.sqrt(np.histogram(x, edges, weights=w**2)[0])
        shapes = {
            (len(edges),): "There is one number more than bins: are these the edges?",
            (len(x),): "A number for each event came back. Which events fall into the same bin?",
            (2, len(wanted)): "Two rows came back, the contents too perhaps. Wanted are the errors alone.",
            (): "One number came back. Wanted is one for each bin.",
        }
        broken = "Is something divided by the content of a bin? A bin may be empty; its error is then 0."
        got = ask(answer, x, w, edges, shape=wanted.shape, shapes=shapes, broken=broken)
        if np.allclose(got, wanted, rtol=1e-4, atol=1e-9):
            continue
        far = np.abs(got - wanted).argmax()
        inside = w[(x >= edges[far]) & (x < edges[far + 1])]
        of = f"a bin with weights {list_of(inside)}" if len(inside) < 5 else f"a bin with {len(inside)} rows"
        yours, ours = apart(got[far], wanted[far])
        general = "Take a bin with two rows of weights 1 and 3. Its variance is the sum of two variances."
        return wrong(f"For {of} it gives {yours}, wanted {ours}.", hint_of(got, mistaken_errors(x, w, edges), general))
    return right(
        "Weights 1, 1 and 4 make a content of 6 with an error of 4.2: one heavy row decides. The root of N says 1.7, "
        "that of the content 2.4."
    )


@task(
    hint=(
        "Compare each signal event with each background event: a table of comparisons, (signal events, background "
        "events). Each entry counts as the product of two weights. Or sort, and let a library do it.",
        "`higher = score[y == 1][:, None] > score[y == 0]` is the table; with `equal` in the same way, the sum is "
        "`w[y == 1] @ (higher + equal / 2) @ w[y == 0]`. Divide by the two sums of weights.",
    )
)
def weighted_auc(answer):
    """Write `weighted_auc(score, y, w)`: the weighted share of pairs in which the signal stands higher, one number."""
    for score, y, w in ranked():
        wanted = auc(score, y, w)
        shapes = {
            (100, 200): "The table of all pairs came back. Add it up, with weights.",
            (200, 100): "The table of all pairs came back. Add it up, with weights.",
            (len(y),): "A number for each event came back. Wanted is one for the whole sample.",
            (2,): "Two numbers came back. Wanted is the AUC alone.",
        }
        got = float(ask(answer, score, y, w, shape=(), shapes=shapes, broken="Is something divided by 0?"))
        if abs(got - wanted) <= 1e-3 * wanted:
            continue
        yours, ours = apart(got, wanted)
        if wanted < 0.5 and abs(got - 1 + wanted) < 1e-3:
            hint = "An AUC below one half says that most signal stands lower. Do not turn it round."
            return wrong(f"It gives {yours}, wanted {ours}.", hint)
        general = "Try two signal and two background events by hand: four pairs, each with its product of weights."
        if abs(got - wanted) < 5e-3:
            general = "It is close. Do pairs with equal scores count half, in whatever order the rows stand?"
        return wrong(f"It gives {yours}, wanted {ours}.", hint_of(got, mistaken_areas(score, y, w), general))
    return right(
        "Weights that differ inside a class change the AUC, a factor for a whole class does not. Keras has an AUC too, "
        "of 200 thresholds: `weighted_metrics` gives it the weights, `metrics` does not."
    )


@task(
    hint=(
        "First which rows pass, then the sum of their weights, for signal and background apart. The test sample is a "
        "part of all events, so its sums are that part of the whole.",
        "`passed = score >= cut`, then `w[passed & (y == 1)].sum() / fraction`, and the same for y == 0.",
    )
)
def expected(answer):
    """Write `expected(score, y, w, cut, fraction)`: s and b in 1/fb at or above the cut, shape (2,)."""
    for sample in scored():
        wanted = numbers_above(*sample)
        shapes = {
            (): "One number came back. Wanted are two, s and b.",
            (len(sample[0]),): "A number for each event came back. Wanted are two sums.",
            (3,): "Three numbers came back. Wanted are s and b.",
        }
        got = ask(answer, *sample, shape=(2,), shapes=shapes, broken="Is something divided by 0?")
        if np.allclose(got, wanted, rtol=1e-4):
            continue
        yours, ours = list_of(got), list_of(wanted)
        if yours == ours:  # rounded
            yours, ours = (f"[{s:.1f}, {b:.1f}]" for s, b in (got, wanted))
        what = f"For a test sample of {sample[4]:.0%} and the cut {sample[3]:g} it gives {yours}"
        general = "Print how many rows pass, then the sum of their weights, then what the fraction does to it."
        return wrong(f"{what}, wanted {ours}.", hint_of(got, mistaken_numbers(*sample), general))
    return right(
        "A quarter of the events has a quarter of the sums. Without the division Z of a quarter comes out at half of "
        "its size, and nothing looks wrong."
    )


@task(
    hint=(
        "The formula is one line. Where b is 0, nothing must be divided by it: put a harmless number there first, and "
        "0 into the result afterwards.",
        "`safe = np.where(b > 0, b, 1.0)`, the formula with `safe`, and `np.where(b > 0, z, 0.0)` at the end.",
    )
)
def asimov(answer):
    """Write `asimov(s, b)`: the significance for each pair of s and b, 0 where b is 0, shape (K,)."""
    wanted = significance(S, B)
    broken = (
        "What happens where b is 0? `np.where` computes both sides: give the formula another b there. If only that one "
        "is right: is the logarithm the natural one, `np.log`, and not that to the base 10?"
    )
    shapes = {(): "One number came back. Wanted is one for each s and b.", (4,): "The one with b = 0 is left out."}
    try:
        got = ask(answer, S, B, shape=S.shape, shapes=shapes, broken=broken)
    except Stopped as stopped:
        try:
            got = np.array([ask(answer, s, b, shape=(), broken=broken) for s, b in zip(S, B, strict=True)])
        except (NotAnswered, Stopped):
            raise stopped from None
    known = B > 0
    if np.abs(got - wanted)[known].max() > 1e-3:
        far = np.abs(got - wanted)[known].argmax()
        s, b, yours = S[known][far], B[known][far], got[known][far]
        general = "Compute the example s = 5, b = 1 by hand: 6 ln 6 - 5 is 5.75."
        if np.abs(got - wanted)[known].max() < 0.051:
            general = "It is close: is it rounded? Task 5 compares the Z of many cuts, so give all digits."
        hint = hint_of(got * known, mistaken_significances(), general)
        yours, ours = apart(yours, wanted[known][far])
        what = f"For s = {digits(s)} and b = {digits(b)} it gives {yours}, wanted {ours}."
        return wrong(what, hint)
    if np.abs(got[~known]).max() > 1e-9:
        what = f"For s = 20 and b = 0 it gives {digits(got[~known][0])}, wanted 0."
        return wrong(what, "An empty bin is not a promise: another b in place of 0 makes a huge Z out of ignorance.")
    return right(
        "For s = 5 and b = 1 it is 3.39, where s / sqrt(b) promises 5. And where the simulation has run out of "
        "background it claims nothing."
    )


@task(
    hint=(
        "Two steps that must not mix: a loop over the cuts on the first sample, which ends in one cut; then one "
        "significance on the second sample, for this cut.",
        "`z = [... for cut in cuts]` with your `expected(*choose, cut, 1)` and `asimov`, `best = cuts[np.argmax(z)]`, "
        "then the same with `report` and `best`.",
    )
)
def honest(answer):
    """Write `honest(choose, report, cuts)`: the best cut of the first sample and its Z on the second, shape (2,)."""
    for choose, report, cuts in pairs():
        wanted = chosen(choose, report, cuts)
        shapes = {
            (): "One number came back. Wanted are two, the cut and the Z to report.",
            (len(cuts),): "A number for each cut came back. Wanted is the best cut, and its Z on the second sample.",
            (3,): "Three numbers came back. Wanted are two: the Z of the first sample is not reported.",
        }
        broken = "Where no background is left, Z is 0: your `asimov` knows that."
        got = ask(answer, choose, report, cuts, shape=(2,), shapes=shapes, broken=broken)
        if np.allclose(got, wanted, rtol=1e-3, atol=1e-6):
            continue
        general = "Print Z for each cut on the first sample. Where is its maximum, and is a score at the cut inside?"
        if np.isclose(got[0], wanted[0]):
            general = "The cut is right. Is its Z computed on the second sample, with weights, at or above the cut?"
        elif np.abs(cuts - got[0]).min() > 1e-6:
            general = "The first number is none of the cuts. Wanted is one of `cuts`, and its Z after it."
        pairs_of = hint_of(got, mistaken_choices(choose, report, cuts), general, rtol=1e-3)
        return wrong(f"It gives {list_of(got)}, wanted {list_of(wanted)}.", pairs_of)
    return right(
        "The second sample has chosen nothing, so its Z is a fair one: sometimes above that of the first sample, more "
        "often below."
    )


@task(
    hint=(
        "A loop over seeds. In it, everything begins anew: the seed, the layers, the model, `compile`, `fit` with the "
        "balanced weights of the training sample; then the AUC on `report`, with that sample's own weights.",
        "`keras.utils.set_random_seed(seed)`, a model with one or two hidden layers of 64 ReLUs and a sigmoid, Adam "
        'with 0.004, `fit(x["train"], y["train"], sample_weight=balanced, epochs=8, batch_size=512)`, and '
        '`auc(score, y["report"], w["report"])`; at the end `np.mean` and `np.std`.',
    )
)
def nets(models, auc_mean, auc_spread):
    """Train `models`, three nets or more, and give `auc_mean` and `auc_spread`, both on the sample `report`."""
    trained = listed_models(models)
    mean, spread = auc_mean.number(), auc_spread.number()
    scores = [scores_of(model, scaled()["report"][0]) for model in trained]
    if found := fault_of_nets(trained, scores) or fault_of_summary(trained, scores, mean, spread):
        return wrong(*found)
    return right(
        "Every net beats 0.905. Now you know two things that one training can not tell: the AUC to expect, and by how "
        "much a start moves it. A difference smaller than that is no progress."
    )
