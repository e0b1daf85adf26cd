"""The checks of exercise 02, from a sum to a network."""

import numpy as np

from utils.checks import digits, right, task, wrong
from utils.checks.answer import Stopped, Unusable, attribute
from utils.checks.mistakes import explained
from utils.checks.narrowed import in_forward
from utils.checks.numbering import MISCOUNTED
from utils.checks.repairs import repaired
from utils.checks.rings import hint_of_net, kind_of
from utils.checks.shapes import (
    absorbed,
    first_match,
    forwarded,
    merged,
    merged_column_by_column,
    misshaped,
    network,
    shape_fault,
    xor_hint,
)
from utils.checks.trained import is_keras, kernels, untrained


@task(
    hint=(
        "Draw the network with 2 inputs, 3 hidden units and 1 output. Each line is a weight, and each unit that "
        "computes something has one bias. How many are there in each layer?",
        "The hidden layer has `inputs * hidden` weights and `hidden` biases: `hidden * (inputs + 1)`. The output layer "
        "looks the same, with the hidden units as its inputs.",
    )
)
def count(answer):
    """Write the function `count(inputs, hidden, outputs)`: how many weights and biases the network has."""
    sizes = [(2, 5, 3), (1, 5, 1), (2, 7, 4), (64, 32, 10)]
    try:
        got = [answer.call(*size) for size in sizes]
    except Unusable as unusable:
        if "e+" not in unusable.args[0]:
            raise
        raise Unusable(unusable.args[0], "Is something raised to a power? `*` multiplies, `**` does not.") from None
    if any(numbers.size == 2 for numbers in got):
        return wrong("It gives two numbers, wanted one.", "Weights and biases together: what do you get in all?")
    if any(numbers.size != 1 for numbers in got):
        return wrong(f"It gives {got[0].size} numbers, wanted one.", "How many numbers are there in all the arrays?")
    got = [numbers.item() for numbers in got]
    wanted = [h * (d + 1) + c * (h + 1) for d, h, c in sizes]
    if got == wanted:
        return right(
            "Weights grow with the product of two neighbouring layers, biases with their sum only: 64 inputs, 32 "
            "hidden units and 10 outputs have 2368 weights and 42 biases. In wide networks nearly all are weights."
        )
    off = next(i for i, size in enumerate(sizes) if got[i] != wanted[i])
    d, h, c = sizes[off]
    general = "Draw the network with 2 inputs, 3 hidden units, 1 output: how many lines, how many biases?"
    mistakes = MISCOUNTED.items()
    hint = next((hint for hint, f in mistakes if [f(*size) for size in sizes] == got), general)
    hint = next((hint for hint, f in mistakes if f(d, h, c) == got[off]), hint) if hint is general else hint
    if len(set(got)) == 1:
        hint = "It gives the same number for every size. Does it use what it is given?"
    what = f"With {d} input{'s' if d > 1 else ''}, {h} hidden units and {c} output{'s' if c > 1 else ''}"
    return wrong(f"{what} yours gives {digits(got[off])}, wanted {digits(wanted[off])}.", hint)


def example(rng, inputs, hidden, outputs, examples=5):
    """Draws X (B, D), W1 (H, D), b1 (H,), W2 (C, H), b2 (C,)."""
    shapes = [(examples, inputs), (hidden, inputs), (hidden,), (outputs, hidden), (outputs,)]
    return [rng.normal(size=shape) for shape in shapes]


@task(
    hint=(
        "Write the shape behind each array. The rows of X are the examples, so D comes last in X and has to meet the "
        "D of W1: which of the two has to turn? Then the same with H.",
        "For rows, the product of the formula becomes `X @ W1.T`, of shape (B, H). Add b1, apply the ReLU, and only "
        "then go on: `hidden @ W2.T + b2`. No activation in the last layer.",
    )
)
def forward(answer):
    """Write the function `forward(X, W1, b1, W2, b2)`: the outputs of the network for all rows of X at once."""
    rng = np.random.default_rng(2)
    for inputs, hidden, outputs in [(3, 3, 3), (2, 4, 3), (2, 3, 1)]:
        numbers = example(rng, inputs, hidden, outputs)
        wanted, got = network(*numbers), answer.call(*numbers)
        which = f"With {inputs} inputs, {hidden} hidden units, {outputs} output{'s' if outputs > 1 else ''}"
        known = first_match(got, misshaped(wanted), None)
        if fault := shape_fault(got, wanted, f"{which} and 5 examples", "one row per example, one column per output"):
            return wrong(fault[0], known or fault[1])
        if np.allclose(got, wanted, rtol=1e-4, atol=1e-4):
            continue
        mistakes = forwarded(*numbers, square=inputs == hidden == outputs)
        hint = first_match(got, mistakes, None)
        if not hint:
            general = "Compute the first row by hand, as in the lesson, and compare the hidden layer first."
            hint = in_forward(answer, network, *numbers, general)
        return wrong(f"{which} it is up to {digits(np.abs(got - wanted).max())} off.", hint)
    return right("Five rows or five million: the same two products. The rows never meet each other.")


#: a pattern in the message of an error in `absorb` -> what is behind it
JOINED = {
    "could not be broadcast": "Is b added to W, or multiplied? It needs a column of its own, behind those of W.",
    "matmul|aligned": "W and b are not multiplied here: the x comes later. b becomes one more column of W.",
}


@task(
    hint=(
        "W x + b is the sum over the columns of W, each times its input, plus b times 1. So b is a column, and its "
        "input is the 1 behind x. NumPy can put a column beside a matrix.",
        "`np.column_stack([W, b])` puts b behind the columns of W, and makes a column of it. What does it give?",
    )
)
def absorb(answer):
    """Write the function `absorb(W, b)`: one matrix that does the work of both on an x with a 1 behind it."""
    rng = np.random.default_rng(3)
    for inputs, units in [(2, 3), (4, 2), (3, 3)]:
        W, b = rng.normal(size=(units, inputs)), rng.normal(size=units)
        wanted = np.column_stack([W, b])
        try:
            got = answer.call(W, b)
        except Unusable as unusable:
            if "list of 2" in unusable.args[0] or "tuple of 2" in unusable.args[0]:
                raise Unusable(unusable.args[0], "W and b side by side in a list are not yet one matrix.") from None
            raise
        except Stopped as stopped:
            stopped.lines += explained(stopped, JOINED)
            raise
        mistakes = absorbed(W, b)
        if got.shape != wanted.shape:
            known = first_match(got, mistakes, None)
            what, hint = shape_fault(
                got, wanted, f"With {units} units of {inputs} inputs", "one row per unit, D + 1 columns"
            )
            return wrong(what, known or hint)
        if np.allclose(got, wanted, rtol=1e-4, atol=1e-4):
            continue
        general = "Multiply your matrix by (x, 1) and compare with W x + b, unit by unit."
        x = np.arange(1.0, inputs + 2) / (inputs + 1)  # the last number is the 1
        made, aim = digits((got @ x)[0]), digits((wanted @ x)[0])
        what = f"At one x the first unit gets {made} from your matrix, wanted {aim}."
        return wrong(what, first_match(got, mistakes, general))
    return right(
        "A bias is the weight of an input that is always 1. Who knows how to train weights knows how to train biases, "
        "and formulas may leave them out."
    )


@task(
    hint=(
        "Put the first layer into the second: W2 (W1 x + b1) + b2, and multiply out. What stands before x is the new "
        "matrix; what does not change with x is the new bias.",
        "The new matrix is `W2 @ W1`, the new bias `W2 @ b1 + b2`: b1 goes through the second layer, b2 does not. "
        "`np.column_stack` joins the two, or your `absorb`.",
    )
)
def merge(answer):
    """Write the function `merge(W1, b1, W2, b2)`: one matrix for (x, 1) that replaces two layers without activation."""
    rng = np.random.default_rng(4)
    for inputs, hidden, outputs in [(3, 3, 3), (2, 5, 3)]:
        _, W1, b1, W2, b2 = example(rng, inputs, hidden, outputs)
        wanted = np.column_stack([W2 @ W1, W2 @ b1 + b2])
        try:
            got = answer.call(W1, b1, W2, b2)
        except Unusable as unusable:
            if "list of 2" in unusable.args[0] or "tuple of 2" in unusable.args[0]:
                raise Unusable(unusable.args[0], "The weights and the bias are not yet one matrix.") from None
            raise
        except Stopped as stopped:
            if f"size {hidden} is different from {hidden + 1}" in stopped.lines[0]:
                stopped.lines += (
                    "Are these two matrices of `absorb`? The second one waits for a 1 behind its inputs, and the first "
                    "one gives none: only its outputs.",
                )
            raise
        mistakes = merged(W1, b1, W2, b2, square=inputs == hidden == outputs)
        if got.shape != wanted.shape:
            known = first_match(got, mistakes, None)
            what, hint = shape_fault(
                got, wanted, f"With {inputs} inputs and {outputs} outputs", "one row per output, D + 1 columns"
            )
            return wrong(what, known or hint)
        if np.allclose(got, wanted, rtol=1e-4, atol=1e-4):
            continue
        general = "Compare column by column: the last one is the new bias, the others are the new weights."
        good = np.isclose(got, wanted, atol=1e-4).all(axis=0)
        by_column = merged_column_by_column(got, W1, b1, W2, b2, square=inputs == hidden == outputs)
        if good[:-1].all():
            general = "The weights are right. The last column is b1 after its way through W2, and b2 added to it."
        elif good[-1]:
            general = "The bias is right, the weights are not. Which product of two matrices belongs there?"
        hint = first_match(got, mistakes, by_column or general)
        return wrong(f"{good.sum()} of {len(good)} columns are right.", hint)
    return right("Two layers, one matrix: without activations a hundred layers have no more to say than one.")


@task(
    hint=(
        "A hidden unit that is on for one of the two wanted places only is a good start: which line has (1, 0) on one "
        "side, and the other three on the other side or on the line itself? Or count the ones, and take back what is "
        "too much.",
        "One hidden unit can compute relu(x1 - x2): a row [1, -1] of W1, and bias 0. It is 1 for (1, 0) and 0 for the "
        "other three. What does its mirror image compute, and what do you get when you add the two?",
    )
)
def exactly_one(W1, b1, W2, b2):
    """Set `W1`, `b1`, `W2`, `b2` to the weights and biases of a net that is 1 where exactly one counter has fired."""
    biases, first, out, last = b1.numbers(), W1.array(), W2.array(), b2.numbers()
    units = biases.size
    if [first.size, out.size, last.size] != [2 * units, units, 1]:
        received = ", ".join(str(n) for n in (first.size, out.size, last.size))
        what = f"With {units} biases, W1 has {2 * units} numbers, W2 {units}, b2 1. Received: {received}."
        return wrong(what, "One row of W1 for each hidden unit, one column for each counter.")
    if units > 2:
        return wrong(f"Two hidden units are allowed. Received: {units}.", "Can one of them be spared?")
    if first.shape != (units, 2):
        hint = "One row of W1 for each hidden unit, one column for each counter: a list of rows in a list."
        return wrong(f"W1 has to have the shape ({units}, 2). Received: {first.shape}.", hint)
    if out.shape not in ((1, units), (units,)):
        hint = "One row of W2 for each output, one column for each hidden unit. (Keras would keep it transposed.)"
        return wrong(f"W2 has to have the shape (1, {units}). Received: {out.shape}.", hint)
    if b1.array().shape not in ((units,), (1, units), ()):
        return wrong(
            f"b1 has to have the shape ({units},). Received: {b1.array().shape}.", "A bias for each unit, in a row."
        )
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    got = network(X, first, biases, out.reshape(1, units), last)[:, 0]
    if np.allclose(got, [0, 1, 1, 0], atol=0.01):
        return right(
            "No single line separates these four places, and two hidden units are enough. That one layer can not do it "
            "was a famous argument against networks (Minsky and Papert, 1969); that two layers can is this chapter."
        )
    table = ", ".join(f"({a:.0f}, {b:.0f}): {digits(h)}" for (a, b), h in zip(X, got, strict=True))
    return wrong(
        f"Yours gives {table}; wanted 0, 1, 1, 0.", xor_hint(got, units, biases, repaired(first, biases, out, last))
    )


@task(
    hint=(
        "One hidden layer with an activation, then one output for each kind, and softmax makes probabilities of them. "
        "How many lines does it take to draw a circle? And does the loss still fall in the last epoch?",
        "These layers are enough: `keras.Input((2,))`, `keras.layers.Dense(16, activation='relu')`, "
        "`keras.layers.Dense(3, activation='softmax')`. Compile with `keras.optimizers.Adam(0.02)` and "
        "`loss='sparse_categorical_crossentropy'`; fit for 30 epochs or more with `verbose=0`.",
    )
)
def net(model):
    """Build a Keras model with three outputs, compile it, fit it to `X_train` and `y_train`, and call it `model`."""
    X = np.random.default_rng(5).uniform(-1.5, 1.5, size=(2000, 2))
    if type(model.raw).__name__ == "History":
        what = "A model is needed. Received: History."
        return wrong(what, "`fit` trains the model and returns a record of it. Give the model itself.")
    scores = model.call(X)
    if scores.shape != (len(X), 3):
        each = f"{scores.size // len(X)} numbers" if scores.size >= 2 * len(X) else "one number"
        hint = "Three kinds are three probabilities. How many units has your last layer?"
        if attribute(attribute(model.raw, "__self__"), "predict") or not is_keras(model.raw):
            hint = "One row per point and one column per kind. Give the model itself."
        return wrong(f"The model gives {each} per example, wanted three.", hint)
    said, wanted = scores.argmax(axis=1), kind_of(X)
    share = (said == wanted).mean()
    layers = kernels(model.raw) if is_keras(model.raw) else []
    if share > 0.93:
        fault = untrained(model.raw, lambda: (model.call(X).argmax(axis=1) == wanted).mean() > 0.93)
        if fault is None and len(layers) != 2:
            hint = "The task asks for one hidden layer. Can one do it?"
            fault = f"The answers are good. But this net has {len(layers) - 1} hidden layers, wanted one.", hint
        if fault:
            return wrong(*fault)
        return right(
            "It is right for more than 93 of 100 new points. Nobody told the net about distances: it built the two "
            "circles from a handful of lines."
        )
    what = f"It is right for {share:.0%} of 2,000 new points; wanted more than 93%."
    return wrong(what, hint_of_net(model.raw, layers, X, scores, wanted))
