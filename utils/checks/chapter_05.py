"""The checks of exercise 05, minimisation and SGD."""

import numpy as np

from utils.checks import digits, right, task, wrong
from utils.checks.adam import adam as adam_steps
from utils.checks.adam import mistaken_adam
from utils.checks.asked import ask, hint_of
from utils.checks.budget import BUDGET, GOAL, moons, why_slow
from utils.checks.counting import mistaken_counts
from utils.checks.curvature import QUADRATICS, mistaken_rates
from utils.checks.fitted import classifier, why_wrong
from utils.checks.narrowed import in_adam, in_sgd
from utils.checks.sgd import mistaken_sgd
from utils.checks.sgd import sgd as sgd_steps
from utils.checks.slopes import LOSSES, mistaken_slopes
from utils.checks.trained import steps_of, untrained


@task(
    hint=(
        "Begin with one epoch. Lay the examples out in batches, one after the other: what happens to those that are "
        "left at the end? The next epoch begins with a fresh batch.",
        "`math.ceil(examples / batch_size)` batches are in one epoch: division, rounded up. Each epoch takes them all.",
    )
)
def count_steps(answer):
    """Write `count_steps(examples, batch_size, epochs)`: the number of steps of the whole training, one number."""
    for examples, batch_size, epochs in [(1000, 48, 10), (90, 64, 3), (640, 64, 5), (20, 32, 3)]:
        full, rest = divmod(examples, batch_size)
        each = full + (rest > 0)
        shapes = {
            (2,): "One number: all steps of the training. Of one epoch, and of all: which is it?",
            (each,): "Is that where each batch begins? How many are they, and in all epochs?",
            (epochs,): "A number for each epoch came back. Wanted is one for the whole training.",
        }
        got = float(ask(answer, examples, batch_size, epochs, shape=(), shapes=shapes))
        if np.isclose(got, epochs * each, rtol=1e-9):
            continue
        general = "Try it on paper with 10 examples, batches of 4, and 2 epochs: draw the batches, and count them."
        what = f"For {examples} examples, batches of {batch_size} and {epochs} epochs it gives {digits(got)}"
        return wrong(
            f"{what}, wanted {epochs * each}.",
            hint_of(got, mistaken_counts(examples, batch_size, epochs), general, rtol=1e-9),
        )
    return right(
        "1,000 examples in batches of 48 are 21 steps an epoch, the last one with 40 examples. Keras counts like that, "
        "and what it shows beside its bar during `fit` are these steps."
    )


@task(
    hint=(
        "Change one weight by a small amount and leave the others where they are: by how much does the loss change, "
        "for each unit of that weight? A step to both sides is far more exact than one to one side.",
        "For each i: `up, down = w.copy(), w.copy()`, then `up[i] += 1e-5` and `down[i] -= 1e-5`. The slope is "
        "`(loss(up) - loss(down)) / 2e-5`.",
    )
)
def numerical_gradient(answer):
    """Write `numerical_gradient(loss, w)`: the slope of the loss along each weight, from values of the loss only."""
    for name, loss, gradient, w in LOSSES:
        wanted = gradient(w)
        got = ask(
            answer,
            loss,
            w,
            shape=w.shape,
            shapes={
                (): "One number came back. Each weight has a slope of its own: move one of them at a time.",
                (len(w), len(w)): "A whole table came back. One number for each weight: what is left of a row?",
                (
                    len(w) - 1,
                ): "Differences of neighbours are one number short. It is the loss that changes, not the weights.",
                (0,): "`np.gradient` takes differences along a row of values. Here is one value: ask the loss twice.",
                (3,): "Here the loss has five weights. How many has `w`? `len(w)` knows it.",
            },
            errors={
                r"unpack|index|dimension|aligned|matmul|subscript": "`loss` wants all the weights at once, an array "
                "of the shape of `w`, in which one number has been changed.",
                r"invalid number of arguments": "`np.gradient` wants values of a function on a grid. Here you have the "
                "function itself: ask it next to `w`.",
                r"'function'": "The loss comes first, and the weights second.",
                r"got multiple|positional|not callable": "`loss` is a function of one argument, the array of weights; "
                "it is the first argument of yours.",
            },
            broken="Is something divided by 0, or is the step huge, as 10**5? It may be small, 1e-5, but not 0.",
        )
        off = np.abs(got - wanted)
        if off.max() <= 1.5e-6:
            continue
        far = off.argmax()
        what = f"Along weight {far} of {name} it gives {got[far]:.7g}, wanted {wanted[far]:.7g}."
        return wrong(what, mistaken_slopes(got, loss, gradient, w))
    return right(
        "Two values of the loss for each weight, and no formula. So every gradient can be tested. To train like that "
        "would be dear: a net with a million weights would need two million losses for one step."
    )


@task(
    hint=(
        "Turn the axes until the valley lies along them. Then each direction is a parabola of its own, with its own "
        "curvature, and a step multiplies the distance from the minimum by 1 - rate times curvature. When does this "
        "number stay between -1 and 1, for all directions?",
        "`np.linalg.eigvalsh(A)` gives the curvatures along the turned axes, the smallest first. In one dimension the "
        "limit is 2 divided by the curvature. Which of the curvatures is the strictest?",
    )
)
def largest_rate(answer):
    """Write `largest_rate(A)`: the learning rate below which descent on 1/2 w A w converges from every start."""
    for A in QUADRATICS:
        got = float(
            ask(
                answer,
                A,
                shape=(),
                shapes={
                    (len(A),): "One number for each direction came back. A step goes in all directions with the same "
                    "rate: which of these numbers limits it?",
                    A.shape: "A whole matrix came back. What in A says how strongly the loss bends?",
                },
                errors={
                    r"Eigh?Result|tuple|ufunc|real number": "`np.linalg.eig` gives two things, "
                    "`np.linalg.eigvalsh` one.",
                    "SVDResult": "`np.linalg.svd` gives three things: which of them holds the curvatures?",
                    "converge|infs": "The matrix is not divided: first its curvatures, and then the quotient.",
                },
                broken="Is something divided by a curvature of 0? A direction without any curvature limits nothing.",
            )
        )
        limit = 2 / np.linalg.eigvalsh(A).max()
        if np.isclose(got, limit, rtol=0.0101):
            continue
        steps = "falls" if 0 < got < limit else "grows"
        if got <= 0:
            steps = "does not fall"
        what = f"For A = {A.tolist()} it gives {digits(got)}. With a rate a little below, the loss {steps} in the end."
        general = "Try it: 1,000 steps `w = w - rate * A @ w`, from a start that has a part in every direction."
        if abs(got / limit - 1) < 0.1:
            general = (
                "Near. The limit is sharp: is it searched finely enough, with steps enough, and in every direction?"
            )
        return wrong(what, hint_of(got, mistaken_rates(A), general, rtol=0.0101))
    return right(
        "Two divided by the largest curvature. The steepest direction sets the limit, and the flattest one has to live "
        "with it: at this rate it needs a number of steps that grows like the ratio of the two."
    )


DATA = np.random.default_rng(6)
X, Y, START = DATA.normal(size=(10, 3)), DATA.normal(size=10), np.array([1.0, -2.0, 0.5])


@task(
    hint=(
        "Two loops, one in the other: over the epochs, and over the batches of an epoch. In the inner one the gradient "
        "is taken of this batch alone, at the weights as they are now.",
        "`for start in range(0, len(y), batch_size)` gives where each batch begins; a slice that reaches beyond the "
        "end stops there. With `r = X_batch @ w - y_batch`, the gradient is `2 * X_batch.T @ r / len(r)`.",
    )
)
def sgd(answer):
    """Write `sgd(X, y, w, learning_rate, batch_size, epochs)`: the weights after the training, shape (D,)."""
    for examples, batch_size, epochs in [(10, 4, 4), (6, 3, 2), (5, 8, 4), (9, 2, 2)]:
        given = X[:examples], Y[:examples], START, 0.05, batch_size, epochs
        wanted = sgd_steps(*given)
        got = ask(
            answer,
            *given,
            shape=START.shape,
            shapes={
                (epochs, 3): "That is the whole way, epoch by epoch. Wanted are the weights at its end.",
                (epochs + 1, 3): "That is the whole way, epoch by epoch. Wanted are the weights at its end.",
                (epochs * -(-examples // batch_size), 3): "That is the whole way, step by step. Wanted is its end.",
                (3, 3): "Is the gradient a table? In `X.T @ r` each feature is summed with the residuals.",
                (): "One number came back, a loss perhaps. Wanted are the weights at the end, one for each feature.",
                (examples,): "A number for each example came back, answers perhaps. Wanted are the weights at the end.",
                (epochs,): "A number for each epoch came back, losses perhaps. Wanted are the weights at the end.",
            },
            errors={
                r"aligned|matmul|broadcast": "A batch of `X` is (B, 3) and `w` is (3,), so `X @ w` and `y` are (B,), "
                "and the gradient is (3,) again. At which of them does yours differ?"
            },
            broken="The mean over an empty batch is 0 / 0: is the last batch one too many? Or do the weights grow "
            "without end, because a step goes uphill, or is too long?",
        )
        if np.allclose(got, wanted, rtol=0, atol=5e-6):
            continue
        again = ask(answer, *given, shape=START.shape)
        off = digits(np.abs(got - wanted).max())
        what = f"With {examples} examples, batches of {batch_size} and {epochs} epochs the weights are up to {off} off."
        if not np.allclose(got, again, rtol=0, atol=1e-9):
            hint = "Called again it gives something else. Here nothing is shuffled: the rows are used as they stand."
            return wrong(what, hint)
        general = "Take one epoch with one batch, compute the single step by hand, and compare."
        hint = hint_of(got, mistaken_sgd(*given), None)
        return wrong(what, hint or in_sgd(answer, sgd_steps, *given[:4], general))
    return right(
        "The same weights as `keras.optimizers.SGD`, to 1e-6. In a real training the rows are shuffled anew before "
        "each epoch; otherwise this loop is all that `fit` does."
    )


@task(
    hint=(
        "Both means begin at 0, and in the first step they have hardly moved away from it. The correction divides by "
        "what is missing, and does so with the number of the step, counted from 1.",
        "`for t, g in enumerate(gradients, 1)`: in the loop `m = 0.9 * m + 0.1 * g`, and `v` in the same way from "
        "`g**2`. Then `m / (1 - 0.9**t)` and `v / (1 - 0.999**t)`, in variables of their own, and the step.",
    )
)
def adam(answer):
    """Write `adam(gradients, w, learning_rate)`: the weights after one step of Adam per gradient, shape (P,)."""
    rng = np.random.default_rng(7)
    for steps, size in ((6, 1), (25, 1), (7, 1e-3)):  # small ones tell where epsilon stands
        gradients = size * rng.normal(0.5, 1.0, size=(steps, 4)) * np.array([1.0, 3.0, 3.0 if size < 1 else 0.3, 0.0])
        given = gradients, np.array([0.5, -1.0, 2.0, 0.25]), 0.01
        wanted = adam_steps(*given)
        got = ask(
            answer,
            *given,
            shape=wanted.shape,
            shapes={
                (steps, 4): "That is the whole way, step by step. Wanted are the weights at its end.",
                (steps + 1, 4): "That is the whole way, step by step. Wanted are the weights at its end.",
                (): "One number came back. Each weight has its own m and v, so everything has the shape of `w`.",
                (steps,): "A number for each gradient came back. Wanted is a number for each weight.",
            },
            errors={
                r"broadcast": "A row of `gradients` has one number for each weight; `w`, m and v have that shape.",
                r"[Zz]ero|divi": "In the first step t is 1: with t = 0 the correction divides by 0.",
            },
            broken="0 / 0, or the root of a negative number? One of the weights has a gradient of 0 in every step, for "
            "which the formula has epsilon; with t = 0 the correction divides by 0; and v is a mean of squares.",
        )
        if np.allclose(got, wanted, rtol=0, atol=3e-6 if size == 1 else 2e-4):
            continue
        moved, aim = got - given[1], wanted - given[1]
        far = np.abs(got - wanted).argmax()
        what = f"In {steps} steps weight {far} moves by {digits(moved[far])}, wanted {digits(aim[far])}."
        general = (
            "Compute the first step by hand: there Adam moves each weight by the learning rate, whatever its size."
        )
        hint = hint_of(moved, moves(mistaken_adam(*given), given[1]), None, rtol=3e-4)
        return wrong(what, hint or in_adam(answer, adam_steps, *given, general))
    return right(
        "The weight whose gradients were ten times as large has not moved ten times as far: Adam looks at the sign of "
        "a gradient and at how steady it is, much less at its size."
    )


def moves(results, w):
    """Subtracts the weights at the start from each result, or list of results."""
    return {h: [r - w for r in each] if isinstance(each, list) else each - w for h, each in results.items()}


@task(
    hint=(
        "How many epochs are 300 steps, with the batch size that you choose? Then there is one number to find: the "
        "largest learning rate at which the loss still falls. Try 0.001, 0.01, 0.1, 1, and read the loss.",
        "Two hidden layers of 16 ReLUs, a sigmoid at the end. `batch_size=100` makes 10 steps of an epoch, so "
        "`epochs=30`. `keras.optimizers.Adam(0.03)` is fast enough; `SGD(0.3, momentum=0.9)` too.",
    )
)
def in_budget(model):
    """Train `model` on `x_train`, `y_train` in 300 steps or fewer; right for 96 % of new points or more."""
    x, y = moons(4000, seed=7)
    p, said = classifier(model, x)
    share, steps = np.mean(said == y), steps_of(model.raw)
    what = f"After {steps} steps it is right for {share:.0%} of 4,000 new points, wanted {GOAL:.0%} or more."
    if steps > BUDGET:
        hint = "How many steps has an epoch, with your batch size? Larger batches, or fewer epochs."
        if steps % BUDGET == 0:
            hint = f"Were these 300 epochs? An epoch is not a step: with your batch size it has {steps // BUDGET}."
        return wrong(f"It took {steps} steps, and 300 are allowed. (A net that is compiled again counts anew.)", hint)
    if share >= GOAL and not why_wrong(p, share):
        fault = untrained(model.raw, lambda: np.mean(classifier(model, x)[1] == y) >= GOAL)
        if fault:
            return wrong(*fault)
        return right(
            "At most 300 steps, and 96 of 100 new points or more. With the default rates of SGD and Adam the same net "
            "is not there after 300 steps: the rate was worth more than the patience."
        )
    return wrong(what, why_slow(model.raw, x, y, p, steps))
