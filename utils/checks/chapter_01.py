"""The checks of exercise 01, universal approximation."""

import numpy as np

from utils.checks import chart, digits, right, task, wrong
from utils.checks.answer import Stopped, Unusable, attribute
from utils.checks.bounds import MEASURED, PREDICTED
from utils.checks.hinges import (
    best_fit,
    decay,
    fault_of_triangle,
    furthest,
    hidden_units,
    hint_of_count,
    mistakes_of_fit,
    relu,
    rounded_fits,
)
from utils.checks.mistakes import first_hint
from utils.checks.trained import is_keras, kernels, steps_of, untrained

#: hints of tasks 4 and 5 that stand in two places each
DEPENDENT = (
    "That is a discovery: how many columns of squares are independent? Solving equations needs all of them to be, "
    "`np.linalg.lstsq` does not. (And numbers of 32 bits are too coarse to tell.)"
)
KINKS = (
    "And where are the kinks? Keras starts every bias at 0, so all of them are at x = 0, the edge of the data. "
    "Inputs on both sides of 0 help."
)


@task(
    hint=(
        "Walk from left to right and write down the slope of each piece: 0, then 2 from x = 0 on, then -2 from x = 1/2 "
        "on, then 0 from x = 1 on. At each of these places a hinge starts. What does it have to change?",
        "The weight of a hinge is the new slope minus the old one: 2 - 0, then -2 - 2, then 0 - (-2). So the first two "
        "are `2 * relu(x) - 4 * relu(x - 1 / 2)`; add the third.",
    )
)
def triangle(answer):
    """Write the function `triangle(x)`: 0 outside [0, 1], 1 at x = 1/2, straight lines between."""
    x = np.linspace(-1, 3, 81)
    wanted = np.maximum(0, 1 - np.abs(2 * x - 1))
    try:
        got = answer.at(x)
    except Unusable as unusable:
        raise Unusable(unusable.args[0], hint_of_count(unusable.args, len(x))) from None
    good = np.abs(got - wanted) < 1e-3
    if good.all():
        return right(
            "A triangle is a bump with a place and a height. A row of them, in which each overlaps half of the next, "
            "is any broken line with steps of one length: that is the picture behind the theorem."
        )
    place, hint = fault_of_triangle(x, got, wanted, good)
    near = np.abs(x - place).argmin()
    what = f"At x = {digits(x[near])} yours gives {digits(got[near])}, wanted {digits(wanted[near])}."
    return wrong(what, hint, chart(x, wanted, got))


@task(
    hint=(
        "Three numbers go into the bound: the largest |f''| on [0, 1], the step h = 1/n, and the 8. Set the bound "
        "equal to 0.001 and solve for n. Where is |f''| largest?",
        "|f''| is 100 exp(-10 x), so its largest value is 100, at x = 0. 100 / (8 n^2) is at most 0.001 from "
        "n = `np.sqrt(100 / 0.008)` on. Round up.",
    )
)
def predicted(n_predicted):
    """Set `n_predicted` to the number of hinges that the bound asks for: a whole number, from a formula."""
    n = n_predicted.number()
    if n == 112:
        return right(
            "112 hinges, known before anything is drawn. The bound has a square in it: an error 100 times smaller "
            "costs 10 times as many hinges."
        )
    general = "Where on [0, 1] does f bend most, and how large is |f''| there? Put h = 1/n into the bound."
    near = {np.floor(n), np.ceil(n)}
    hint = next((hint for mistaken, hint in PREDICTED.items() if near & set(mistaken)), general)
    if n <= 0:
        hint = "A number of hinges is positive. Is the sign of f'' in it? The bound takes its size."
    elif 0 < n < 1:
        hint = "Is this the step h? How many such steps fit into [0, 1]?"
    elif 111 < n < 112:
        hint = "A number of hinges is whole. Which whole number is large enough?"
    bound = f" The bound for it is {digits(100 / 8 / n / n)}." if n >= 1 else ""
    return wrong(f"Received: n = {n:g}.{bound} The smallest n with at most 0.001 is wanted.", hint)


@task(
    hint=(
        "Begin with one n: which knots has it, and how far is the broken line through them from f, at worst? Then let "
        "n grow until that is small enough, and stop at the first one.",
        "For one n: `t = np.linspace(0, 1, n + 1)`, then `np.abs(f(x) - np.interp(x, t, f(t))).max()`. "
        "Let n grow from 1 until that is at most 0.001.",
    )
)
def measured(n_measured):
    """Set `n_measured` to the smallest number of hinges whose largest error on `x` is at most 0.001."""
    n = n_measured.number()
    if n == 110:
        return right(
            "Predicted 112, measured 110: the bound is a promise, and here it is nearly exact. It is not quite "
            "reached, because |f''| is 100 at x = 0 only, and smaller in the middle of the first step."
        )
    what = f"Received: n = {f'{n:g}' if n > 1 else digits(n)}."
    if isinstance(n_measured.raw, bool | np.bool_):
        return wrong(
            f"Received: {n_measured.raw}.", "That is the answer to a question about one n. Wanted is the n itself."
        )
    if n < 1 or n != round(n) or n > 10_000:
        hint = "A whole number is wanted, and one near the prediction. Where does the loop stop?"
        if 0 < n < 1:
            hint = "Is this an error, or the step h? Wanted is the number of hinges."
        return wrong(what, hint)
    x, t = np.linspace(0, 1, 10_001), np.linspace(0, 1, int(n) + 1)
    _, error = furthest(np.interp(x, t, decay(t)), decay(x))
    verdict = "too large" if error > 1e-3 else "small enough, but so it is with fewer hinges"
    hint = "Is every n tried, one after the other, and is it the largest error that is compared?"
    if n > 112:
        hint = "More than the bound asks for. Is every n tried, one after the other, and is the first good one kept?"
    hint = MEASURED.get(n, hint)
    return wrong(f"{what} Its largest error is {digits(error)}: {verdict}.", hint)


@task(
    hint=(
        "Draw f. Where does it bend, and where is it nearly straight? Put many knots where it bends; then look for the "
        "worst piece, move a knot there from where it is missed least, and do so again. With a formula: the error of a "
        "piece is h^2/8 |f''|. How long may a piece be at x, if all are to have the same error?",
        "The length of a piece has to grow like 1/sqrt(|f''|), here like exp(5 x): the step at x = 0.2 is e times as "
        "long as the one at 0. One way: `-np.log(1 - k * (1 - np.exp(-5))) / 5` for k = 0, 0.1, 0.2, ..., 1.",
    )
)
def knots(answer):
    """Set `knots` to 11 numbers from 0 to 1: the places of 10 hinges, and the end of the last piece."""
    t = np.sort(answer.numbers())
    if t.size != 11:
        hint = "The budget is the game: move the knots."
        if t.size == 10 and t[0] == 0:
            hint = "Is the last knot, 1, missing?"
        elif t.size == 9 and t[0] > 0 and t[-1] < 1:
            hint = "These are the inner ones. The ends, 0 and 1, are knots too."
        elif t.size == 12:
            hint = "Eleven pieces? n hinges have n pieces and n + 1 knots, so ten hinges have eleven."
        return wrong(f"11 knots are needed, for 10 hinges and the end. Received: {t.size}.", hint)
    if abs(t[0]) > 1e-9 or abs(t[-1] - 1) > 1e-9:
        what = f"The knots go from 0 to 1. Received: from {digits(t[0])} to {digits(t[-1])}."
        hint = "Keep a knot at each end, and move those in between."
        if np.isclose(t[-1], 1) and np.isclose(t[0], decay(1)):
            hint = "Are these the values f(t)? Wanted are the places t."
        elif t[0] > 0 and np.isclose(t[-1], 1):
            hint = "A row that grows by a constant factor can not begin at 0. Put one knot there, and ten behind it."
        elif t[-1] > 1:
            hint = "x goes from 0 to 1 here. On which scale are these numbers?"
        elif np.isclose(t.sum(), 1):
            hint = "They add up to 1: are these the lengths of the pieces? Wanted are the places where they end."
        return wrong(what, hint)
    x, uniform = np.linspace(0, 1, 10_001), 0.0779
    wanted, got = decay(x), np.interp(x, t, decay(t))
    worst, error = furthest(got, wanted)
    if error < 0.015:
        return right(
            f"The largest error is {digits(error)}, {digits(uniform / error)} times smaller than with uniform knots, "
            "with the same 10 hinges. A net that is trained moves its kinks too: that is its strength."
        )
    end = np.searchsorted(t, x[worst])
    piece = f"between the knots {digits(t[end - 1])} and {digits(t[end])}"
    if np.diff(t).min() < 1e-9:
        hint = "Two knots lie in one place, and one of them is wasted. Where would it help?"
    elif np.allclose(np.diff(t), 0.1):
        hint = "These knots are uniform. Where does the curve bend, and where is it nearly straight?"
    elif end > 5:
        hint = "The left is crowded, and a long piece on the right is the worst now. Give it a knot from the left."
    elif error > uniform:
        hint = "Uniform knots do better (0.0779). A straight line needs no knots: where does the curve bend most?"
    else:
        hint = f"Take a knot from where it is missed least, and put it {piece}. Do so again, with the new worst piece."
    picture = chart(x[::100], wanted[::100], got[::100], marks=t)
    return wrong(f"The largest error is {digits(error)}, {piece}; wanted below 0.015.", hint, picture)


def hint_of_fit(answer, activation, general):
    """Looks for the mistake on other data, where each of them gives a curve of its own."""
    x = np.linspace(-1, 1, 161)
    y, a, b = np.exp(-x) * np.cos(3 * x), np.array([1.0, -1.5, 2.0, -1.0, 0.8]), np.array([0.5, 0.3, -1.0, -0.4, 1.0])
    if activation is np.square:  # a parabola has three numbers: with two units none of the mistakes looks right
        a, b = a[:2], b[:2]
    try:
        got = answer.call(x, y, a, b, activation, size=len(x))
    except (Stopped, Unusable):
        return general
    if furthest(got, best_fit(np.column_stack([activation(np.outer(x, a) + b), np.ones(len(x))]), y))[1] < 1e-3:
        return general  # here it is right
    mistakes = mistakes_of_fit(x, y, a, b, activation)
    return first_hint(got, mistakes, general, lambda got, curve: furthest(got, curve)[1] < 1e-3)


@task(
    hint=(
        "The net is linear in its output weights: its values are a matrix times them. What stands in a row of that "
        "matrix, and which column belongs to the output bias? The best weights are what `np.linalg.lstsq` gives.",
        "`columns = activation(np.outer(x, a) + b)` has one row per point and one column per unit. "
        "`np.column_stack([columns, np.ones(len(x))])` adds the output bias. "
        "`np.linalg.lstsq(columns, y, rcond=None)[0]` gives the best weights, also where columns depend on each other. "
        "What does the net give with them at each x?",
    )
)
def fit(answer):
    """Write the function `fit(x, y, a, b, activation)`: the values at x of the best net with these hidden units."""
    x, one, errors = np.linspace(0, 1, 201), np.ones((201, 1)), []
    wave = np.cos(5 * x)
    for n, activation in [(3, relu), (10, relu), (3, np.square), (10, np.square), (40, np.square), (7, relu)]:
        y = wave if n == 7 else decay(x)  # at the end another y than f(x)
        a, b = hidden_units(n)
        wanted = best_fit(np.hstack([activation(np.outer(x, a) + b), one]), y)
        try:
            got = answer.call(x, y, a, b, activation)
        except Stopped as stopped:
            if activation is relu or stopped.name != "LinAlgError":
                raise
            return wrong("With ReLUs it is right. With squares it stops: LinAlgError.", DEPENDENT)
        except Unusable as unusable:
            if "tuple" not in unusable.args[0]:
                raise
            raise Unusable(unusable.args[0], "`lstsq` gives four things. The first of them are the weights.") from None
        if got.size != len(x):
            what = f"It has to give one number for each of the {len(x)} points. Received: {got.size}."
            hint = "Print the shape of what it returns."
            if got.size in (n, n + 1):
                hint = "Are these the output weights? What does the net give with them at each x?"
            elif got.size in (len(x) * n, len(x) * (n + 1)):
                hint = "These are the units, a column each. What is their best weighted sum?"
            return wrong(what, hint)
        got = got.ravel()
        errors.append(digits(furthest(wanted, y)[1]))
        near = [wanted] if activation is relu else [wanted, *rounded_fits(x, y, a, b, activation)]
        if any(furthest(got, curve)[1] < 1e-3 for curve in near):
            continue
        general = "Does each column hold one unit, activation(a[i] x + b[i])? Did `np.linalg.lstsq` choose the weights?"
        general = general if activation is relu else f"With ReLUs it is right. {DEPENDENT}"
        off = digits(furthest(got, wanted)[1])
        what = f"With {n} units ({activation.__name__}) your curve is up to {off} away from that of the best net."
        if n == 7:
            what = f"With y = cos(5 x) your curve is up to {off} away from that of the best net."
        if furthest(got, y)[1] < 1e-3:
            general = "These are the values of f themselves. What do a few straight pieces make of them?"
        return wrong(what, hint_of_fit(answer, activation, general), chart(x, wanted, got))
    return right(
        f"The largest error with 3, 10 and 40 squares: {', '.join(errors[2:5])}. A sum of parabolas is a parabola, "
        "however wide the net is. That is why the theorem asks for an activation that is not a polynomial."
    )


@task(
    hint=(
        "One hidden layer with an activation, one output without. If the net bends too little, look at three things: "
        "how many units there are, how long it was trained with which learning rate, and where the inputs lie. "
        "Keras starts all kinks at x = 0; on which side of it are your data?",
        "These layers are enough: `keras.Input((1,))`, `keras.layers.Rescaling(2.0, offset=-1.0)`, "
        '`keras.layers.Dense(32, activation="relu")`, `keras.layers.Dense(1)`. Compile with '
        '`keras.optimizers.Adam(learning_rate=0.01)` and `loss="mse"`; fit for 100 epochs or more with `verbose=0`.',
    )
)
def net(model):
    """Build a Keras model, compile it, fit it to `x_train` and `y_train`, and keep it in the variable `model`."""
    x = np.linspace(0, 1, 501)
    if type(model.raw).__name__ == "History":
        what = "A model is needed. Received: History."
        return wrong(what, "`fit` trains the model and returns a record of it. Give the model itself.")
    outputs = attribute(model.raw, "output_shape")
    if isinstance(outputs, tuple) and outputs[-1] != 1:
        return wrong(f"The net has {outputs[-1]} outputs, wanted one.", "How many units has your last layer?")
    got, wanted = model.at(x), decay(x)
    worst, error = furthest(got, wanted)
    layers = kernels(model.raw) if is_keras(model.raw) else []
    if error < 0.1:
        fault = untrained(model.raw, lambda: furthest(model.at(x), wanted)[1] < 0.1)
        if fault is None and len(layers) != 2:
            hint = "The theorem speaks of one hidden layer, and so does the task. Can one do it?"
            fault = f"The answers are good. But this net has {len(layers) - 1} hidden layers, wanted one.", hint
        if fault:
            return wrong(*fault)
        return right(
            "The largest error is below 0.1, also between the training points. Nobody told the net where to put its "
            "kinks: gradient descent moved them. But ten kinks placed by a formula reach 0.006: that a good net exists "
            "does not mean that training finds it."
        )
    return wrong(
        f"The largest error is {digits(error)}, at x = {digits(x[worst])}; wanted below 0.1.",
        hint_of_net(model.raw, layers, x, got, error),
    )


def hint_of_net(model, layers, x, got, error):
    """Finds what a net that is not good enough may lack."""
    fitted = steps_of(model) if is_keras(model) else None
    straight = furthest(got, np.polyval(np.polyfit(x, got, 1), x))[1] < 0.02 * np.ptp(got)
    if fitted == 0:
        return "Was `fit` called? This model has counted no step of training, so its weights are those it began with."
    if len(layers) == 1:
        return "It has no hidden layer: one `Dense` layer alone is a straight line, or one bend of it."
    if layers and layers[0][1] < 4:
        count = f"{layers[0][1]} hidden unit{'s' if layers[0][1] > 1 else ''}"
        return f"It has {count}, so the curve can bend at so few places. What does the table of the lesson ask for?"
    if np.ptp(got) < 1e-3:
        return (
            "The same number everywhere. Has the output an activation, or are all hidden units off? Was the rate too "
            "large, or `y` another one?"
        )
    if straight:
        return f"It is a straight line. Has the hidden layer an activation? {KINKS}"
    if fitted is not None and fitted < 100:
        return f"It was trained for {fitted} steps only. More epochs? Watch the loss: does it still fall at the end?"
    if error > 0.5:
        return (
            "That is about as far off as no training at all. Did the loss fall, and is `y_train` what it was fitted to?"
        )
    return f"It bends, but not sharply enough. More epochs, more units, a learning rate of 0.01? {KINKS}"
