"""The checks of exercise 02, from a sum to a network."""

import numpy as np

from utils.checks import digits, right, task, wrong
from utils.checks.answer import Unusable


def relu(z):
    """The larger of z and 0."""
    return np.maximum(z, 0)


def network(X, W1, b1, W2, b2, hidden=relu, last=lambda z: z):
    """The network of the tasks, for rows X of shape (B, D): gives (B, C)."""
    return last(hidden(X @ W1.T + b1) @ W2.T + b2)


def close(got, wanted):
    """Tells whether two arrays are equal up to rounding, also that of 32 bits."""
    return np.allclose(got, wanted, rtol=1e-4, atol=1e-4)


def first_match(got, mistakes, general):
    """Gives the hint of the first mistake whose result is `got`; `mistakes` is hint -> result."""
    return next((hint for hint, value in mistakes.items() if value.shape == got.shape and close(got, value)), general)


@task(
    hint="The hidden layer has `inputs * hidden` weights and `hidden` biases. The output layer looks the same: what "
    "are its inputs?"
)
def count(answer):
    """Write the function `count(inputs, hidden, outputs)`: how many weights and biases the network has."""
    for d, h, c in [(2, 5, 3), (1, 5, 1), (2, 7, 4), (64, 32, 10)]:
        weights, biases = h * d + c * h, h + c
        got = answer.call(d, h, c, size=1)[0]
        if got == weights + biases:
            continue
        hints = {
            weights: "These are the weights. What else does each unit have?",
            biases: "These are the biases, one for each unit. And one weight for each input of each unit?",
            weights + biases + d: "Do the inputs have biases? Nothing is computed there.",
            weights + 2: "Is it one bias for each layer? Look at the shape of b1 in the lesson.",
            d + h + c: "This is the number of nodes. On how many lines does each of them send its value?",
            h * (d + 1): "This is the hidden layer. And the output layer?",
        }
        hint = hints.get(
            got, "Draw the network with 2 inputs, 3 hidden units, 1 output: how many lines, how many biases?"
        )
        what = f"With {d} inputs, {h} hidden units and {c} outputs"
        return wrong(f"{what} yours gives {digits(got)}, wanted {digits(weights + biases)}.", hint)
    return right(
        "Weights grow with the product of two neighbouring layers, biases with their sum only: 64 inputs, 32 hidden "
        "units and 10 outputs have 2368 weights and 42 biases. In wide networks nearly everything is weights."
    )


def example(rng, inputs, hidden, outputs, examples=5):
    """Draws X (B, D), W1 (H, D), b1 (H,), W2 (C, H), b2 (C,)."""
    shapes = [(examples, inputs), (hidden, inputs), (hidden,), (outputs, hidden), (outputs,)]
    return [rng.normal(size=shape) for shape in shapes]


@task(
    hint="For rows, the product of the formula becomes `X @ W1.T`, of shape (B, H). Add b1, apply the ReLU, and only "
    "then go on: `hidden @ W2.T + b2`. No activation in the last layer."
)
def forward(answer):
    """Write the function `forward(X, W1, b1, W2, b2)`: the outputs of the network for all rows of X at once."""
    rng = np.random.default_rng(2)
    for inputs, hidden, outputs in [(3, 3, 3), (2, 4, 3), (2, 3, 1)]:
        numbers = X, W1, b1, W2, b2 = example(rng, inputs, hidden, outputs)
        wanted = network(*numbers)
        got = answer.call(*numbers, size=wanted.size)
        if close(got, wanted.ravel()):
            continue
        square = inputs == hidden == outputs
        mistakes = {
            "Is the activation forgotten in the hidden layer? Then W2 W1 is one matrix, and the net a straight line.": (
                network(*numbers, hidden=lambda z: z)
            ),
            "Is a ReLU applied to the outputs too? Here they may be negative: the last layer has no activation.": (
                network(*numbers, last=relu)
            ),
            "Is b1 added after the activation? It belongs inside: it decides where the unit begins to be on.": (
                (relu(X @ W1.T) + b1) @ W2.T + b2
            ),
            "Is b1 forgotten? Then all lines of the hidden units go through the origin.": network(X, W1, 0, W2, b2),
            "Is b2 forgotten?": network(X, W1, b1, W2, 0),
            "These are the right numbers with rows and columns exchanged: one row per example is wanted.": wanted.T,
        }
        if square:
            kernels = "Rows times W is not W times x. Which `.T` turns the matrix of the formula into Keras' kernel?"
            mistakes[kernels] = network(X, W1.T, b1, W2.T, b2)
            mistakes[f"W2 is right, W1 is not. {kernels}"] = network(X, W1.T, b1, W2, b2)
            mistakes[f"W1 is right, W2 is not. {kernels}"] = network(X, W1, b1, W2.T, b2)
        general = "Compute the first row by hand, as in the lesson, and compare the hidden layer first."
        hint = first_match(got, {h: value.ravel() for h, value in mistakes.items()}, general)
        off = digits(np.abs(got - wanted.ravel()).max())
        return wrong(f"With {inputs} inputs, {hidden} hidden units, {outputs} outputs it is up to {off} off.", hint)
    return right("Five rows or five million: the same two products. The rows never meet each other.")


@task(hint="`np.column_stack([W, b])` puts b behind the columns of W. Its product with (x, 1) is W x + b times 1.")
def absorb(answer):
    """Write the function `absorb(W, b)`: one matrix that does the work of both on an x with a 1 behind it."""
    rng = np.random.default_rng(3)
    for inputs, units in [(2, 3), (4, 2)]:
        W, b = rng.normal(size=(units, inputs)), rng.normal(size=units)
        wanted = np.column_stack([W, b])
        got = answer.call(W, b, size=wanted.size)
        if close(got, wanted.ravel()):
            continue
        mistakes = {
            "Where does the 1 stand, before x or behind it? Put the column there too.": np.column_stack([b, W]),
            "Rows and columns are exchanged: the units are the rows.": wanted.T,
            "Is the new column 1? The 1 belongs to x. What multiplies it?": np.column_stack([W, np.ones(units)]),
            "Is the sign of b right?": np.column_stack([W, -b]),
        }
        general = "Multiply your matrix by (x, 1) and compare with W x + b, unit by unit."
        hint = first_match(got, {h: value.ravel() for h, value in mistakes.items()}, general)
        x = np.arange(1.0, inputs + 2) / (inputs + 1)  # the last number is the 1
        made, aim = digits((got.reshape(units, -1) @ x)[0]), digits((wanted @ x)[0])
        return wrong(f"At one x the first unit gets {made} from your matrix, wanted {aim}.", hint)
    return right(
        "A bias is the weight of an input that is always 1. Who knows how to train weights knows how to train biases, "
        "and formulas may leave them out."
    )


@task(
    hint="Put the first layer into the second: W2 (W1 x + b1) + b2. Multiply out. What stands before x is the new "
    "matrix, the rest is the new bias: `W2 @ b1 + b2`. `np.column_stack` joins the two."
)
def merge(answer):
    """Write the function `merge(W1, b1, W2, b2)`: one matrix for (x, 1) that replaces two layers without activation."""
    rng = np.random.default_rng(4)
    for inputs, hidden, outputs in [(3, 3, 3), (2, 5, 3)]:
        _, W1, b1, W2, b2 = example(rng, inputs, hidden, outputs)
        wanted = np.column_stack([W2 @ W1, W2 @ b1 + b2])
        got = answer.call(W1, b1, W2, b2, size=wanted.size)
        if close(got, wanted.ravel()):
            continue
        mistakes = {
            "The first bias is added to W1 x, and goes through the second layer with it. Does yours?": np.column_stack(
                [W2 @ W1, b2]
            ),
            "Is the bias of the second layer forgotten?": np.column_stack([W2 @ W1, W2 @ b1]),
        }
        if inputs == hidden == outputs:
            order = "Which layer comes first, and on which side of x does its matrix stand? W1 W2 is not W2 W1."
            mistakes[order] = np.column_stack([W1 @ W2, W2 @ b1 + b2])
            biases = "b1 has one number per hidden unit, b2 one per output: can they be added before W2 has acted?"
            mistakes[biases] = np.column_stack([W2 @ W1, b1 + b2])
        general = "Compare column by column: the last one is the new bias, the others are the new weights."
        hint = first_match(got, {h: value.ravel() for h, value in mistakes.items()}, general)
        good = np.isclose(got.reshape(outputs, -1), wanted, atol=1e-4).all(axis=0)
        return wrong(f"{good.sum()} of {len(good)} columns are right.", hint)
    return right("Two layers, one matrix: without activations a hundred layers have no more to say than one.")


@task(
    hint="One hidden unit can compute relu(x1 - x2): it is 1 for (1, 0) and 0 for the other three. "
    "What does its mirror image compute, and what do you get when you add the two?"
)
def exactly_one(W1, b1, W2, b2):
    """Set `W1`, `b1`, `W2`, `b2` to the weights and biases of a net that is 1 where exactly one counter has fired."""
    units = b1.numbers().size
    sizes = [W1.numbers().size, W2.numbers().size, b2.numbers().size]
    if sizes != [2 * units, units, 1]:
        received = ", ".join(map(str, sizes))
        what = f"With {units} biases, W1 has {2 * units} numbers, W2 {units}, b2 1. Received: {received}."
        return wrong(what, "One row of W1 for each hidden unit, one column for each counter.")
    if units > 2:
        return wrong(f"Two hidden units are allowed. Received: {units}.", "Can one of them be spared?")
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    first, out = W1.numbers().reshape(units, 2), W2.numbers().reshape(1, units)
    got = network(X, first, b1.numbers(), out, b2.numbers())[:, 0]
    if np.allclose(got, [0, 1, 1, 0], atol=0.01):
        return right(
            "No single line separates these four places, and two hidden units are enough. That one layer can not do it "
            "was a famous argument against networks (Minsky and Papert, 1969); that two layers can is this chapter."
        )
    table = ", ".join(f"({a:.0f}, {b:.0f}): {digits(h)}" for (a, b), h in zip(X, got, strict=True))
    if np.allclose(got, [0, 1, 1, 1], atol=0.01):
        hint = "That is 'at least one'. A second unit that is on for (1, 1) only can take it back."
    elif np.allclose(got, [0, 0, 0, 1], atol=0.01):
        hint = "That is 'both'. You can use this unit: what must be subtracted from x1 + x2?"
    elif np.allclose(got, [0, 1, 1, 2], atol=0.01):
        hint = "That is x1 + x2, and no unit is ever off. Which unit is on for (1, 1) only, and how much must it take?"
    elif np.allclose(got, [1, 0, 0, 1], atol=0.01):
        hint = "That is the opposite: 1 where they agree. Is the sign of W2 the right one, and b2?"
    elif units == 1:
        hint = "One unit has one line, on one side of which it is off. Can one line do it?"
    elif np.ptp(got) < 1e-6:
        hint = "It says the same everywhere. Are all hidden units off?"
    else:
        hint = "Write down the two pre-activations at the four places, then the activations, then the output."
    return wrong(f"Yours gives {table}; wanted 0, 1, 1, 0.", hint)


def kind_of(X):
    """Gives the kind of each row of X, shape (B, 2): 0, 1 or 2, by its distance from the centre."""
    return np.digitize(np.hypot(X[:, 0], X[:, 1]), [0.8, 1.2])


def straight(X, scores):
    """Tells whether scores (B, 3), probabilities or logits, change along straight lines, as a linear net's do."""
    logits = np.log(np.clip(scores, 1e-7, None)) if np.all(scores >= 0) else scores
    leads = logits - logits[:, :1]
    columns = np.column_stack([X, np.ones(len(X))])
    flat = columns @ np.linalg.lstsq(columns, leads, rcond=None)[0]
    change = np.ptp(leads, axis=0).max()
    return change > 1e-3 and np.abs(flat - leads).max() < 0.02 * change


@task(
    hint="These layers are enough: `keras.Input((2,))`, `keras.layers.Dense(16, activation='relu')`, "
    "`keras.layers.Dense(3, activation='softmax')`. Compile with `keras.optimizers.Adam(0.02)` and "
    "`loss='sparse_categorical_crossentropy'`; fit for 30 epochs or more with `verbose=0`."
)
def net(model):
    """Build a Keras model with three outputs, compile it, fit it to `X_train` and `y_train`, and call it `model`."""
    X = np.random.default_rng(5).uniform(-1.5, 1.5, size=(2000, 2))
    try:
        scores = model.call(X, size=3 * len(X)).reshape(len(X), 3)
    except Unusable:
        model.call(X, size=len(X))  # raises the same, unless there is one output
        hint = "Three kinds are three probabilities. How many units has your last layer?"
        return wrong("The model gives one number per example, wanted three.", hint)
    said, wanted = scores.argmax(axis=1), kind_of(X)
    share = (said == wanted).mean()
    if share > 0.93:
        return right(
            "It is right for more than 93 of 100 new points. Nobody told the net about distances: it built the two "
            "circles from a handful of lines."
        )
    missing = sorted({0, 1, 2} - set(said.tolist()))
    if straight(X, scores):
        hint = "Its boundaries can only be straight lines. Has the hidden layer an activation?"
    elif len(missing) == 2:
        hint = f"It answers {said[0]} everywhere. Was it fitted, and is the learning rate neither tiny nor huge?"
    elif missing:
        hint = f"It never answers {missing[0]}. More epochs, or more hidden units?"
    else:
        hint = "It is on its way. More epochs, a larger learning rate (Adam with 0.02), or more hidden units?"
    return wrong(f"It is right for {share:.0%} of 2,000 new points; wanted more than 93%.", hint)
