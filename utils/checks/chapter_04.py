"""The checks of exercise 04, regularization."""

import numpy as np

from utils.checks import digits, right, task, wrong
from utils.checks.answer import NotAnswered, Unusable
from utils.checks.masks import fault
from utils.checks.mistakes import first_hint, one_number
from utils.checks.narrowed import scaled
from utils.checks.stopping import TRAININGS
from utils.checks.wide import judge


def weights_of(*sizes):
    """Gives weights as `model.get_weights()` does, for a net with these numbers of units."""
    weights, start = [], 2.0
    for inputs, units in zip(sizes[:-1], sizes[1:], strict=True):
        numbers = start + np.arange((inputs + 1) * units)
        numbers[1::2] *= -1
        weights += [numbers[:-units].reshape(inputs, units) / 4, numbers[-units:] / 4]
        start += 3
    return [array.astype("float32") for array in weights]


#: a pattern in the message of an error in `penalty` -> what is behind it
LISTED = {
    r"\*\* or pow|inhomogeneous|sequence": "The list holds arrays of different shapes: take them one by one.",
    "subscriptable|iterable": "Are the arguments in the other order? `weights` comes first.",
}


@task(
    hint=(
        "The list holds kernel, bias, kernel, bias, ... Take the kernels out of it, square every number in them, add "
        "up all of them, over all layers; the strength stands in front.",
        "`weights[::2]` takes every second array, beginning with the first: the kernels. "
        "`[w for w in weights if w.ndim == 2]` finds the same ones. Then "
        "`strength * sum(np.sum(k**2) for k in kernels)`.",
    )
)
def penalty(answer):
    """Write `penalty(weights, strength)`: strength times the sum of the squares of all kernels, one number."""
    for sizes, strength in (((1, 3, 1), 0.1), ((2, 3, 2, 1), 0.02), ((1, 1), 3.0)):
        weights = weights_of(*sizes)
        squares, biases = ([np.sum(array**2) for array in arrays] for arrays in (weights[::2], weights[1::2]))
        total = np.sum(squares)
        several = "One for each kernel, or for each weight: in the end all are added up to one."
        got, wanted = one_number(answer, weights, strength, several=several, errors=LISTED), strength * total
        if np.isclose(got, wanted, rtol=1e-4):
            continue
        every = np.concatenate([kernel.ravel() for kernel in weights[::2]])
        sums = {
            "Do the biases pay too? A bias says where a unit begins, or how high the output lies. To pull it to 0 "
            "moves the fit towards 0, and has no reason to make it smoother.": total + np.sum(biases),
            "These are the squares of the biases. Which arrays connect two layers?": np.sum(biases),
            "Some books have a factor 1/2 here, so that the derivative has none. Keras has not.": total / 2,
            "Is this a mean? The sum is wanted: each weight pays its own price, also in a large kernel.": [
                np.mean(every**2),
                sum(np.mean(kernel**2) for kernel in weights[::2]),
            ],
            "The squares of all arrays are averaged here, and the biases are among them. Wanted is a sum.": [
                sum(np.mean(array**2) for array in weights),
                (total + np.sum(biases)) / sum(array.size for array in weights),
            ],
            "Are these absolute values, not squared? That is another penalty, L1, which sets weights to exactly 0 "
            "where this one makes them small.": np.sum(np.abs(every)),
            "Is a root taken? Wanted is the square of the norm: the sum of the squares itself.": np.sqrt(total),
            "A norm is a root already. Are roots added here, one for each kernel?": np.sum(np.sqrt(squares)),
            "Weights of opposite sign cancel here. What comes first, square or sum?": [
                np.sum(every) ** 2,
                sum(np.sum(kernel) ** 2 for kernel in weights[::2]),
            ],
            "Are these the weights themselves, not their squares? Weights of opposite sign cancel.": np.sum(every),
            "The derivative has a factor 2, the penalty has none.": 2 * total,
            "`* 2` doubles, `** 2` squares.": 2 * np.sum(every),
            "Added, or multiplied? The strength is a factor.": 1 + total / strength,
            "The sign: large weights are to make the loss larger.": -total,
            "What does `strength` do?": total / strength,
            "Is `strength` squared too? It stands outside of the sum.": strength * total,
            "Is it divided by `strength`?": total / strength**2,
        }
        if len(squares) > 1:
            sums["That is the first kernel alone. And the other layers?"] = squares[0]
            sums["That is the last kernel alone. Does the sum begin at 0 again in the loop?"] = squares[-1]
            sums["That is the first kernel and the second. A net may have more layers."] = sum(squares[:2])
        mistakes = {
            hint: [strength * value for value in (values if isinstance(values, list) else [values])]
            for hint, values in sums.items()
        }
        general = "Print the shapes in the list. Which are kernels? Square them, then add all up."
        changes = {
            "The strength doubled": ((weights, 2 * strength), 2.0),
            "All kernels doubled": (([(2 - i % 2) * array for i, array in enumerate(weights)], strength), 4.0),
        }
        hint = first_hint(got, mistakes, None) or f"{scaled(answer, (weights, strength), changes)} {general}".strip()
        net = f"For a {'-'.join(map(str, sizes))} net and strength {strength:g}"
        what = f"{net} it gives {digits(got)}, wanted {digits(wanted)}: the squares in its kernels add up to"
        return wrong(f"{what} {digits(total)}.", hint)
    return right(
        "Twice the weight, four times the price. The derivative by a weight w is 2 times strength times w: a strong "
        "pull towards 0 on large weights, next to none on small ones. Biases go free."
    )


@task(
    hint=(
        "Which number makes the mean of squares of the first sum? Multiply both sums by it, and read off what stands "
        "before the sum of the squared weights: that is lambda.",
        "Multiply the sum of the two logarithms by 2 s^2 / N. The first becomes the mean of the squares, the second "
        "s^2 / (N sigma^2) times the squared norm. So lambda = s^2 / (N sigma^2), and sigma = "
        "`noise / np.sqrt(examples * strength)`.",
    )
)
def prior_width(answer):
    """Write `prior_width(strength, noise, examples)`: the width sigma of the prior that the penalty stands for."""
    for strength, noise, examples in ((0.01, 0.3, 20), (0.05, 2.0, 100), (0.001, 0.1, 500)):
        root = np.sqrt(examples * strength)
        several = "One width for all weights is wanted."
        got, wanted = one_number(answer, strength, noise, examples, several=several), noise / root
        if np.isclose(got, wanted, rtol=1e-3):
            continue
        mistakes = {
            "What does the number of examples do? The penalty stands beside a mean, and N examples together say N "
            "times what their mean says.": noise / np.sqrt(strength),
            "That is sigma squared. A width has the unit of the weights.": wanted**2,
            "That is 1 / sigma squared. Solve for sigma.": 1 / wanted**2,
            "That is 1 / sigma, upside down. Does a strong penalty leave much room, or little?": 1 / wanted,
            "That comes from lambda = 1 / (2 sigma^2), which holds beside the sum of minus the logarithms. Here it "
            "is a mean of squares: what do noise and N do to its scale?": 1 / np.sqrt(2 * strength),
            "N is there, the noise is not. With more noise the data say less: which prior weighs as much?": 1 / root,
            "N is there, the noise is not; and a factor 2 has come in.": 1 / (root * np.sqrt(2)),
            "Both logarithms have a factor 1/2, the likelihood's and the prior's. Do they cancel?": wanted / np.sqrt(2),
            "Where does a factor 2 come from? Both logarithms have a 1/2: write both down.": wanted * np.sqrt(2),
            "More examples, a wider prior? With the same lambda it weighs as much against 2,000 examples as against "
            "20: which width does that take?": noise * np.sqrt(examples / strength),
            "Is the noise in the root as it is? Its variance belongs there.": np.sqrt(noise) / root,
            "Here the noise is squared, and the root is taken of the rest only.": noise**2 / root,
            "Is the root forgotten? In lambda = s^2 / (N sigma^2) sigma is squared.": noise / root**2,
            "N stands outside of the root, and lambda inside.": noise / (examples * np.sqrt(strength)),
            "Lambda stands outside of the root, and N inside.": noise / (strength * np.sqrt(examples)),
            "Multiplied, not divided: does a strong penalty leave the weights much room?": noise * root,
            "Lambda stands above the line: a stronger penalty would make the prior wider. A strong one leaves the "
            "weights little room.": [noise * np.sqrt(strength / examples), noise * np.sqrt(strength)],
            "Noise and N are missing. How much do the measurements say against the penalty?": [
                1 / np.sqrt(strength),
                1 / strength,
            ],
            "The noise stands below the line: with more noise the same lambda would mean a narrower prior. The data "
            "say less then: which prior weighs as much?": [
                1 / (noise * root),
                np.sqrt(1 / (examples * strength)) / noise**2,
            ],
            "That is sigma squared, and a factor 2 has come in.": [2 * wanted**2, wanted**2 / 2],
            "A factor 2 has come in, outside of the root.": [wanted / 2, wanted * 2],
            "`/ a * b` divides by a and multiplies by b: a bracket is missing.": [
                noise / np.sqrt(examples) * strength,
                noise / np.sqrt(examples) * np.sqrt(strength),
                noise / np.sqrt(strength) * examples,
                noise / strength * np.sqrt(examples),
            ],
            "Added, or multiplied? Under the root N and lambda are factors.": noise / np.sqrt(examples + strength),
            "Is N always 20 in yours? It comes as `examples`.": noise / np.sqrt(20 * strength),
            "Is the noise always 0.3 in yours? Twice the noise: twice the width.": 0.3 / root,
            "Are two arguments exchanged? The order is `strength, noise, examples`.": [
                strength / np.sqrt(noise * examples),
                examples / np.sqrt(noise * strength),
            ],
        }
        general = "Twice the noise: twice the width. Four times the examples: half of it. Is yours like that?"
        what = f"For lambda = {strength:g}, noise {noise:g} and {examples} examples"
        changes = {
            "Twice the noise": ((strength, 2 * noise, examples), 2.0),
            "Four times the examples": ((strength, noise, 4 * examples), 0.5),
            "Four times the strength": ((4 * strength, noise, examples), 0.5),
        }
        hint = first_hint(got, mistakes, None) or scaled(answer, (strength, noise, examples), changes) or general
        return wrong(f"{what} it gives {digits(got)}, wanted {digits(wanted)}.", hint)
    return right(
        "lambda = 0.01 on the 20 examples of the lesson says: weights of about 0.67. With 2,000 examples the same "
        "lambda says 0.067. To believe the same while data come in, let lambda fall like 1/N."
    )


def wrong_shape(got, wanted):
    """Says what is wrong with the shape of what a dropout returns, and hints at the reason."""
    what = f"For activations of shape {wanted} it returns the shape {got}."
    if got == wanted[::-1]:
        return what, "Rows are examples, columns are units. Was something transposed?"
    if len(got) == 1 and got[0] < np.prod(wanted):
        return what, "A unit that goes is set to 0; it keeps its place, or the next layer's weights would not fit."
    return what, "What goes into the next layer has the shape that came in: (B, H)."


@task(
    hint=(
        "Draw a random number for each number in `a`, so of the same shape. Where it is below the rate, the unit goes; "
        "the others grow by one factor that makes up for the loss.",
        "`stays = rng.random(a.shape) >= rate` tosses a coin for every number in `a`: True with probability 1 - rate. "
        "Then `a * stays / (1 - rate)`.",
    )
)
def dropout(answer):
    """Write `dropout(a, rate, rng)`: each number goes with probability `rate`, the others are divided by 1 - rate."""
    rng = np.random.default_rng(4)
    a = rng.uniform(0.5, 1.5, size=(60, 50)) * rng.choice([-1, 1], size=(60, 50))  # of both signs, never near 0
    for rate in (0.2, 0.6):
        rng = np.random.default_rng(5)
        try:
            outputs = [answer.call(a, rate, rng) for _ in range(8)]
        except Unusable as unusable:
            if "nan" not in unusable.args[0]:
                raise
            hint = "A unit that goes is set to 0. Is it set to nan, or is something divided by 0?"
            raise Unusable(unusable.args[0], hint) from None
        shapes = [output.shape for output in outputs if output.shape != a.shape]
        if shapes:
            return wrong(*wrong_shape(shapes[0], a.shape))
        outputs = np.array(outputs)
        found = fault(a, outputs, rate)
        if found:
            return wrong(*found)
        if not np.array_equal(answer.call(a, rate, np.random.default_rng(5)), outputs[0]):
            hint = "Is all chance taken from `rng`? A training that can not be repeated can not be understood either."
            return wrong("Called again with a generator of the same seed, it removes other units.", hint)
    at_zero = answer.call(a, 0.0, np.random.default_rng(5), size=a.size)
    changed = np.sum(~np.isclose(at_zero, a.ravel(), rtol=1e-4))
    if changed:
        hint = "What is the factor when the rate is 0, and which units stay?"
        return wrong(f"With rate 0 nothing may change. Yours changes {changed} of {a.size} numbers.", hint)
    return right(
        "With rate 0.2 a unit stays in 4 of 5 masks, and is 1.25 times as large then: in the mean over all masks the "
        "next layer gets what it gets without dropout. So after training the masks are left out, and nothing else."
    )


@task(
    hint=(
        "Go through the losses one by one, as the training does, and remember the best one so far and its epoch. How "
        "long ago was it?",
        "A loop over `enumerate(val_losses, 1)` and two variables: the best loss so far, `np.inf` at the start, and "
        "its epoch. Return as soon as `epoch - best` has reached the patience, and once more behind the loop.",
    )
)
def early_stop(answer):
    """Write `early_stop(val_losses, patience)`: the epoch at which training stops, and the best epoch until then."""
    for number, (losses, patience, wanted, mistakes) in enumerate(TRAININGS):
        what = f"For [{', '.join(map(digits, losses))}] and patience {patience}"
        try:
            got = answer.call(losses, patience).ravel()
        except NotAnswered:
            if number == 0:
                raise
            hint = "Is there a `return` for a list that ends before the patience does?"
            return wrong(f"{what} nothing comes back; wanted {wanted[0]}, {wanted[1]}.", hint)
        if got.size != 2:
            hint = "The epoch of the stop and the best epoch until then, with a comma between them."
            return wrong(f"{what} it has to give 2 numbers. Received: {got.size}.", hint)
        if np.allclose(got, wanted):
            continue
        general = "Go through the list with a finger: which one is the best so far, and how long ago was it?"
        hint = next((hint for hint, pairs in mistakes.items() if any(np.allclose(got, p) for p in pairs)), general)
        return wrong(f"{what} it gives {digits(got[0])}, {digits(got[1])}; wanted {wanted[0]}, {wanted[1]}.", hint)
    return right(
        "Epoch 11 of the list above was better still, and nobody got there: patience is a bet. What you keep is the "
        "net of epoch 5, three epochs back, so its weights have to be saved on the way."
    )


@task(
    hint=(
        "Something has to hold the weights back: a price on the kernels of all layers, units that go missing, or an "
        "end of the training before the noise is learned. A rate that falls to 0 lets the net come to rest.",
        'Give the hidden layers `kernel_regularizer=keras.regularizers.L2(0.01)`, with `activation="tanh"`. As rate '
        "take `keras.optimizers.schedules.CosineDecay(0.01, decay_steps=1000)`, give it to Adam, and `fit` on "
        "`x_often`, `y_often` with 10 epochs, `batch_size=20` and `shuffle=False`.",
    )
)
def wide_net(model):
    """Train `model`, with 1,000 weights or more, on the 20 examples; its expected loss on new ones is at most 0.16."""
    return judge(model)
