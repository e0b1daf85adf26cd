"""The checks of exercise 06, activation functions."""

import numpy as np

from utils.checks import digits, right, task, wrong
from utils.checks.answer import NotAnswered, Stopped
from utils.checks.asked import ask, hint_of
from utils.checks.budget import moons
from utils.checks.chains import (
    mistaken_chains,
    mistaken_slopes,
    slope_of_chain,
    slope_of_sigmoid,
)
from utils.checks.depth import DEPTH, GOAL, why_not_deep
from utils.checks.fitted import classifier, fault_of_training, why_wrong
from utils.checks.kernels import fault
from utils.checks.narrowed import in_backward, in_chain, in_sigmoid
from utils.checks.trained import kernels
from utils.checks.units import are_dead, back, layers, mistaken_backs, mistaken_deaths


@task(
    hint=(
        "Compute the activation s first. The derivative can be written with s alone: it is largest where s is 1/2, and "
        "0 where s is 0 or 1.",
        "Two lines: `s = 1 / (1 + np.exp(-z))`, and then s times what is left of 1.",
    )
)
def sigmoid_slope(answer):
    """Write `sigmoid_slope(z)`: the derivative of the sigmoid at each pre-activation, shape (B,)."""
    z = np.linspace(-6, 6, 25)
    wanted = slope_of_sigmoid(z)
    shapes = {
        (25, 25): "A table came back, each z with each other one. What belongs to one z only?",
        (): "One number came back. Wanted is the derivative at each z: no sum, mean or maximum.",
        (24,): "Differences of neighbours are one number short, and as coarse as your grid. There is a formula.",
        (2, 25): "Two rows came back, the activation too perhaps. Wanted is the derivative alone.",
    }
    try:
        got = ask(answer, z, shape=z.shape, shapes=shapes, broken="Is something divided by 0?")
    except Stopped as stopped:
        try:
            got = np.array([ask(answer, point, shape=()) for point in z])  # a function of one number
        except (NotAnswered, Stopped):
            raise stopped from None
    off = np.abs(got - wanted)
    if off.max() > 1e-5:
        far = off.argmax()
        what = f"At z = {digits(z[far])} it gives {digits(got[far])}, wanted {digits(wanted[far])}."
        general = "Draw the sigmoid. How steep is it at 0, and far to the left and to the right?"
        if off.max() < 0.01:
            general = (
                "Nearly. Is it rounded, or a difference quotient with a wide step? There is an exact formula with s."
            )
        else:
            general = in_sigmoid(answer, z, got, wanted, general)
        return wrong(what, hint_of(got, mistaken_slopes(z), general))
    return right(
        "1/4 at 0, and 0.0025 at 6 or -6. Where the sigmoid is sure, its derivative is nearly 0: that is saturation. "
        "And even at its best place it passes on a quarter of a gradient."
    )


@task(
    hint=(
        "First the way forward, layer by layer: keep each pre-activation z. Then the chain rule: each layer multiplies "
        "by the derivative of z by what comes in, and by the derivative of the sigmoid at z.",
        "In a loop over the weights: `z = w * a`, `slope *= w * sigmoid_slope(z)`, and then `a` becomes the sigmoid of "
        "z. Before it, `a` is x and `slope` is 1.",
    )
)
def chain_slope(answer):
    """Write `chain_slope(x, weights)`: the derivative of the last activation by x, one number."""
    for x, weights in [(0.9, [1.5, -2.0, 0.8]), (-1.2, [0.7]), (2.0, [1.0] * 10), (0.3, [4.0, -4.0, 4.0, -4.0])]:
        weights = np.array(weights)
        wanted = slope_of_chain(x, weights)
        shapes = {
            (len(weights),): "A number for each layer came back. How do layers one behind the other act together?",
            (len(weights) + 1,): "A number for each layer came back. Wanted is one, for the whole chain.",
            (2,): "Two numbers came back. Wanted is the derivative alone.",
        }
        got = float(ask(answer, x, weights, shape=(), shapes=shapes, broken="Is something divided by 0?"))
        if np.isclose(got, wanted, rtol=1e-3, atol=0):
            continue
        what = f"For x = {digits(x)} and weights {', '.join(map(digits, weights))} it gives {digits(got)}"
        general = "Take one layer first, then two. For two layers: write down all four factors."
        general = in_chain(answer, slope_of_chain, general)
        if 0 < abs(got) < abs(wanted) / 1000:
            general = "A difference of two outputs, and not divided by the step between them?"
        if np.isclose(got, wanted, rtol=0.15, atol=0):
            general = "Nearly. Is it a difference quotient with a wide step, or rounded on the way?"
        return wrong(f"{what}, wanted {digits(wanted)}.", hint_of(got, mistaken_chains(x, weights), general, rtol=1e-3))
    return right(
        "Ten layers with weights of 1 pass on less than one millionth. With weights of 4 a layer could pass on all of "
        "it, but only at z = 0, and behind the first layer no activation is 0."
    )


@task(
    hint=(
        "Each unit sums over its inputs, and variances add up. He wants the mean square of the activations to stay as "
        "it is although a ReLU cuts away half of it. Glorot makes a compromise between the sums of the way forward and "
        "of the way back.",
        "The variances are 2 / fan_in and 2 / (fan_in + fan_out). `rng.normal(0, width, size=(fan_in, fan_out))` takes "
        "the root of a variance as width.",
    )
)
def initial(he, glorot):
    """Write `he(fan_in, fan_out, rng)` and `glorot(fan_in, fan_out, rng)`: random kernels, shape (fan_in, fan_out)."""
    found = fault(he, "he") or fault(glorot, "glorot")
    if found:
        return wrong(*found)
    return right(
        "Normal or uniform makes no difference, the variance does. With He's a ReLU layer passes on as much as it "
        "gets; with Glorot's, layers of equal width halve the mean square each time."
    )


@task(
    hint=(
        "Compute the activations of all units for all examples, a table with a row for each example. Dead is a unit "
        "whose column holds nothing but 0.",
        "`z = X @ W + b` has the shape (B, H). A unit is on where z > 0; `(...).any(axis=0)` and `(...).all(axis=0)` "
        "go down the columns.",
    )
)
def dead_units(answer):
    """Write `dead_units(X, W, b)`: for each ReLU of the layer, True if it is dead on the whole sample, shape (H,)."""
    for X, W, b, what_it_is in layers():
        wanted, units = are_dead(X, W, b), len(b)
        shapes = {
            (len(X),): "A number for each example came back. A column is a unit: along which axis do you go?",
            X.shape: "The whole sample came back. A number for each unit is wanted.",
            (len(X), units): "A number for each unit and each example came back. When is a unit dead on all of them?",
            (units, len(X)): "A number for each unit and each example came back. When is a unit dead on all of them?",
            (): "One number came back, how many are dead perhaps. Wanted is True or False for each unit.",
            (int(wanted.sum()),): "Are these the numbers of the dead units? Wanted is True or False for each unit.",
            (
                1,
                int(wanted.sum()),
            ): "`np.where` gives the numbers of the dead units. Wanted is True or False for each unit.",
            (0,): "An empty list came back. Wanted is True or False for each unit.",
        }
        errors = {r"matmul|aligned|broadcast": "`X` is (B, D), `W` is (D, H), `b` is (H,): which product is (B, H)?"}
        got = ask(answer, X, W, b, shape=wanted.shape, shapes=shapes, errors=errors)
        if np.array_equal(got, wanted):
            continue
        hint = hint_of(got, mistaken_deaths(X, W, b), "Print the largest activation of each unit.", rtol=1e-9)
        if not np.isin(got, (0, 1)).all():
            hint = hint if hint[:5] == "These" else "Wanted is True or False, or 1 and 0, for each unit."
            return wrong(f"For unit 0 it gives {digits(got[0])}.", hint)
        unit = np.flatnonzero(got != wanted)[0]
        said = "dead" if got[unit] else "alive"
        return wrong(f"Unit {unit} of {units} is called {said}, and it is {what_it_is[unit]}.", hint)
    return right(
        "A unit that is off for a whole batch may come back with the next one. One that is off for every example gets "
        "no gradient from any of them: it stays dead, unless the layers before it change."
    )


@task(
    hint=(
        "Go back in the order opposite to the way forward: first through the weights, then through the ReLU. A unit "
        "feeds all outputs through its row of W; and a unit that is off feeds nothing.",
        "`delta @ W.T` has the shape (B, H) and is the gradient by the activations. Multiply it by 1 where z > 0, and "
        "by 0 elsewhere.",
    )
)
def backward(answer):
    """Write `backward(delta, z, W)`: the gradient by the pre-activations z of a ReLU layer, shape (B, H)."""
    for examples, hidden, outputs, seed in [(4, 4, 4, 18), (5, 3, 2, 1)]:
        rng = np.random.default_rng(seed)
        delta, z, W = (rng.normal(size=s) for s in [(examples, outputs), (examples, hidden), (hidden, outputs)])
        wanted = back(delta, z, W)
        shapes = {
            wanted.shape[::-1]: "Rows and columns are exchanged: one row per example is wanted.",
            (hidden,): "The examples are added up. Each of them has a gradient of its own.",
            (examples,): "The units are added up. Each of them has a gradient of its own.",
            (): "One number came back. Wanted is one for each unit of each example.",
            W.shape: "That has the shape of W: its own gradient perhaps. Wanted is the gradient by z.",
            (
                np.sum(z > 0),
            ): "Only the gradients of the units that are on came back. The others are 0, in their places.",
            delta.shape: "That has the shape of `delta`. How does it get through W, from outputs to units?",
        }
        errors = {
            r"matmul|aligned|broadcast": "`delta` is (B, K), `W` is (H, K) and z is (B, H). Which product of the two "
            "first has the shape of the third?"
        }
        got = ask(answer, delta, z, W, shape=wanted.shape, shapes=shapes, errors=errors)
        if np.allclose(got, wanted, rtol=1e-4, atol=1e-5):
            continue
        row, unit = np.unravel_index(np.abs(got - wanted).argmax(), got.shape)
        what = f"Unit {unit} of example {row}, with z = {digits(z[row, unit])}, gets {digits(got[row, unit])}"
        general = "Take one example, one unit and two outputs, and write down which weights lead from it to them."
        factor = np.sum(got * wanted) / np.sum(wanted**2)
        if got.any() and np.allclose(got, factor * wanted, rtol=1e-3, atol=1e-6):
            general = f"Each gradient is {digits(factor)} times what it should be. No step is taken here, and no mean."
        else:
            general = in_backward(answer, back, delta, z, W, general)
        hint = hint_of(got, mistaken_backs(delta, z, W), general)
        return wrong(f"{what}, wanted {digits(wanted[row, unit])}.", hint)
    return right(
        "The weights collect what comes from all outputs, and a ReLU lets it through whole or not at all. All of "
        "back-propagation is this function, once for each layer."
    )


@task(
    hint=(
        "What makes the gradient fall by a factor of four or more in each layer, and which activation has the "
        "derivative 1 where it is on? And with which variance should weights begin, so that the signal stays alive?",
        '`activation="relu"` and `kernel_initializer="he_normal"` in twelve `Dense(16, ...)`, a sigmoid at the end, '
        "`keras.optimizers.Adam(0.003)`, 10 epochs of batches of 50. Or hyperbolic tangents, which begin with Glorot's "
        "variance by default.",
    )
)
def deep_net(model):
    """Train `model`, with twelve hidden layers or more; right for 95 % of new points or more."""
    x, y = moons(4000, seed=7)
    p, said = classifier(model, x)
    share = np.mean(said == y)
    hidden = len(kernels(model.raw)) - 1 if hasattr(model.raw, "get_weights") else None
    if hidden is not None and hidden < DEPTH:
        hint = "A shallow net is one way out, and a good one. Here the way is to keep the depth."
        return wrong(f"This net has {max(hidden, 0)} hidden layers, wanted are {DEPTH} or more.", hint)
    if share < GOAL or why_wrong(p, share):
        what = f"It is right for {share:.0%} of 4,000 new points, wanted {GOAL:.0%} or more."
        return wrong(what, why_not_deep(model.raw, x, y, p))
    found = fault_of_training(model.raw, lambda: np.mean(classifier(model, x)[1] == y) >= GOAL)
    if found:
        return wrong(*found)
    return right(
        "Twelve hidden layers or more, and 95 of 100 new points or more. With sigmoids and nothing else such a net "
        "says the same everywhere before its first step, and still does after 200."
    )
