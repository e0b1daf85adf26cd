"""Layers as matrices: what a network computes, what typical mistakes make of it, and what a wrong shape tells."""

import numpy as np

from utils.checks.mistakes import first_hint


def relu(z):
    """The larger of z and 0."""
    return np.maximum(z, 0)


def network(X, W1, b1, W2, b2, hidden=relu, last=lambda z: z):
    """The network of the tasks, for rows X of shape (B, D): gives (B, C)."""
    return last(hidden(X @ W1.T + b1) @ W2.T + b2)


def first_match(got, mistakes, general):
    """Gives the hint of the first mistake whose result is `got`; `mistakes` is hint -> result, or a list of results."""
    return first_hint(got, mistakes, general, same=_same_array)


def _same_array(got, result):
    return result.shape == got.shape and np.allclose(got, result, rtol=1e-4, atol=1e-4)


def shape_fault(got, wanted, when, meaning):
    """Says that an array has another shape than the wanted one, and what that tells.

    Args:
        got, wanted: arrays.
        when: "With 2 inputs", how the sentence begins.
        meaning: what the wanted shape means, in words.

    Returns:
        What is wrong and a hint, as for `wrong`; None where the shapes are equal.
    """
    if got.shape == wanted.shape:
        return None
    what = f"{when} an array of shape {wanted.shape} is wanted. Received: shape {got.shape}."
    if got.shape == wanted.shape[::-1]:
        same = np.allclose(got, wanted.T, rtol=1e-4, atol=1e-4)
        hint = f"Rows and columns are exchanged: {meaning}."
        return what, f"The numbers are right, but r{hint[1:]}" if same else hint
    if got.size != wanted.size:
        return what, f"Wanted is {meaning}. Print the shape of each array on the way: where do they part?"
    if np.allclose(got.ravel(), wanted.ravel(), rtol=1e-4, atol=1e-4):
        return what, f"The numbers are right, their shape is not: {meaning}. What comes next could not multiply this."
    hint = (
        f"As many numbers as wanted, in another shape and another order. Wanted is {meaning}; `reshape` does not turn "
        "rows into columns, `.T` does."
    )
    return what, hint


def forwarded(X, W1, b1, W2, b2, square):
    """Gives hint -> what this mistake gives, for the forward pass of rows."""
    z = X @ W1.T + b1
    a = relu(z)
    mistakes = {
        "Is the activation forgotten in the hidden layer? Then W2 W1 is one matrix, and the net a straight line.": (
            network(X, W1, b1, W2, b2, hidden=lambda z: z)
        ),
        "Is a ReLU applied to the outputs too? Here they may be negative: the last layer has no activation.": (
            relu(a @ W2.T + b2)
        ),
        "The ReLU belongs between the two layers, not behind the second one.": relu(z @ W2.T + b2),
        "Is b1 added after the activation? It belongs inside: it decides where the unit begins to be on.": (
            (relu(X @ W1.T) + b1) @ W2.T + b2
        ),
        "Is b1 forgotten? Then all lines of the hidden units go through the origin.": network(X, W1, 0, W2, b2),
        "Is b2 forgotten?": network(X, W1, b1, W2, 0),
        "Are both biases forgotten?": network(X, W1, 0, W2, 0),
        "Is b1 subtracted?": network(X, W1, -b1, W2, b2),
        "Are both biases subtracted?": network(X, W1, -b1, W2, -b2),
        "Is the ReLU applied to the weights? It belongs to the hidden sums.": [
            X @ relu(W1).T @ W2.T + b2,
            (X @ relu(W1).T + b1) @ W2.T + b2,
        ],
        "Is a sigmoid, or a softmax, applied to the outputs? The last layer has no activation.": [
            1 / (1 + np.exp(-(a @ W2.T + b2))),
            np.exp(a @ W2.T + b2) / np.exp(a @ W2.T + b2).sum(axis=1, keepdims=True),
        ],
        "Is b2 subtracted?": network(X, W1, b1, W2, -b2),
        "Is the ReLU applied to X? The inputs pass as they are; the hidden sums go through it.": (relu(X) @ W1.T + b1)
        @ W2.T
        + b2,
        "Is this a hyperbolic tangent? The hidden layer has ReLUs here.": np.tanh(z) @ W2.T + b2,
        "Is this a sigmoid? The hidden layer has ReLUs here.": 1 / (1 + np.exp(-z)) @ W2.T + b2,
        "Is this a step, 0 or 1? A ReLU lets a positive number pass as it is.": (z > 0) @ W2.T + b2,
        "These are the activations of the hidden layer. And the output layer?": a,
        "These are the pre-activations of the hidden layer. The ReLU and the output layer follow.": z,
        "Is the sign inside the ReLU turned? relu(z) keeps what is positive.": relu(-z) @ W2.T + b2,
        "Is the absolute value taken? A ReLU cuts negative numbers off to zero.": np.abs(z) @ W2.T + b2,
    }
    if square:
        kernels = "Rows times W is not W times x. Which `.T` turns the matrix of the formula into Keras' kernel?"
        mistakes |= {
            "Is a bracket missing around the hidden layer? All of it goes through W2.": [
                relu(X @ W1.T) + b1 @ W2.T + b2,
                X @ W1.T + b1 @ W2.T + b2,
            ],
            "Is b1 added at the end? It belongs inside the ReLU.": relu(X @ W1.T) @ W2.T + b1 + b2,
            "Is b2 added to the weights? It is added to the product.": a @ (W2.T + b2),
            "Is b1 added to the weights? It is added to the product.": relu(X @ (W1.T + b1)) @ W2.T + b2,
            "Are the two biases exchanged?": network(X, W1, b2, W2, b1),
            "Are the two layers exchanged? W1 is next to x.": network(X, W2, b2, W1, b1),
            kernels: network(X, W1.T, b1, W2.T, b2),
            f"W2 is right, W1 is not. {kernels}": network(X, W1.T, b1, W2, b2),
            f"W1 is right, W2 is not. {kernels}": network(X, W1, b1, W2.T, b2),
        }
    return mistakes


def misshaped(wanted):
    """Gives hint -> what this mistake makes of the outputs, shape (B, C): other shapes, with numbers that tell."""
    return {
        "Only one example came back. X holds many, one in each row.": [wanted[0], wanted[:1], wanted[-1], wanted[-1:]],
        "These are the places of the largest outputs. Wanted are the outputs themselves.": wanted.argmax(axis=1),
        "The outputs of each example are added up, or averaged. Wanted is each of them.": [
            wanted.sum(axis=1),
            wanted.mean(axis=1),
            wanted.max(axis=1),
        ],
        "The examples are added up, or averaged. Wanted is one row for each of them.": [
            wanted.sum(axis=0),
            wanted.mean(axis=0),
        ],
    }


def absorbed(W, b):
    """Gives hint -> what this mistake gives, for the bias in the matrix."""
    units, inputs = W.shape
    corner = np.append(np.zeros(inputs), 1.0)
    return {
        "Where does the 1 stand, before x or behind it? Put the column there too.": np.column_stack([b, W]),
        "Rows and columns are exchanged: the units are the rows.": np.column_stack([W, b]).T,
        "Rows and columns are exchanged, and where does the 1 stand, before x or behind it?": np.column_stack([b, W]).T,
        "Is the new column 1? The 1 belongs to x. What multiplies it?": np.column_stack([W, np.ones(units)]),
        "Is the new column 0? It has to hold what is added.": np.column_stack([W, np.zeros(units)]),
        "Is the sign of b right?": np.column_stack([W, -b]),
        "b is added to each weight here. It does not multiply any of the inputs: it needs a column of its own.": (
            W + b[:, None]
        ),
        "Each weight is multiplied by b here. It needs a column of its own.": W * b[:, None],
        "Is b joined at all? It needs a column of its own.": W,
        "Is W in it? Its columns come first, and b behind them.": b[:, None],
        "It is 0 everywhere. What has to be filled in, unit by unit?": np.zeros((units, inputs + 1)),
        "A row of ones stands below the right matrix. Here one row per unit is wanted.": np.vstack(
            [np.column_stack([W, b]), np.ones(inputs + 1)]
        ),
        "Is b there twice?": np.column_stack([W, b, b]),
        "The matrix is right, and a row of zeros and a 1 stands below it, which keeps the 1 for a next layer. Here one "
        "row per unit is wanted.": np.vstack([np.column_stack([W, b]), corner]),
        "`np.append` makes one long row of both where no axis is given. Wanted is a matrix.": np.append(W, b),
        "The 1 belongs to x, not into the matrix.": np.column_stack([W, b, np.ones(units)]),
        "This is one row. Each unit has one.": [np.append(W[0], b[0]), (W @ np.ones(inputs) + b)[:1]],
        "This is already the product with some x. Wanted is the matrix.": W @ np.ones(inputs) + b,
        "The bias is added to W here, and joined too. It is needed once, as a column.": np.column_stack(
            [W + b[:, None], b]
        ),
    }


def merged(W1, b1, W2, b2, square):
    """Gives hint -> what this mistake gives, for two layers in one matrix."""
    W, b = W2 @ W1, W2 @ b1 + b2
    mistakes = {
        "The first bias is added to W1 x, and goes through the second layer with it. Does yours?": np.column_stack(
            [W, b2]
        ),
        "Is the bias of the second layer forgotten?": np.column_stack([W, W2 @ b1]),
        "Are both biases forgotten?": np.column_stack([W, np.zeros(len(b2))]),
        "Where does the 1 stand, before x or behind it? The bias is the last column.": np.column_stack([b, W]),
        "Rows and columns are exchanged: the outputs are the rows.": np.column_stack([W, b]).T,
        "These are the weights. The bias is one more column.": W,
        "This is the bias. The weights stand before it.": b,
        "The bias is added to the weights here. It is one more column.": [
            W + b[:, None],
            W2 @ (W1 + b1[:, None]) + b2[:, None],
            *([W + b, W2 @ (W1 + b1) + b2, W2 @ (W1 + b1) + b2[:, None]] if square else []),
        ],
        "This is the first layer alone. What does the second one make of it?": np.column_stack([W1, b1]),
        "This is the second layer alone. Its input is what the first one gives.": np.column_stack([W2, b2]),
        "The row below has to keep the 1: zeros, and then 1. (Or is b2 added to every column, not to the last one?)": [
            np.column_stack([W2, b2]) @ np.vstack([np.column_stack([W1, b1]), np.full(W1.shape[1] + 1, value)])
            for value in (0.0, 1.0)
        ],
        "Is b2 subtracted?": np.column_stack([W, W2 @ b1 - b2]),
        "Is b1 subtracted?": np.column_stack([W, b2 - W2 @ b1]),
        "Is there a ReLU in it? Both layers are without activation.": np.column_stack([W, W2 @ relu(b1) + b2]),
        "A row of zeros and a 1 stands below the right matrix. Here one row per output is wanted.": np.vstack(
            [np.column_stack([W, b]), np.append(np.zeros(W1.shape[1]), 1.0)]
        ),
    }
    if square:
        order = "Which layer comes first, and on which side of x does its matrix stand? W1 W2 is not W2 W1."
        biases = "b1 has one number per hidden unit, b2 one per output: can they be added before W2 has acted?"
        mistakes |= {
            order: [np.column_stack([W1 @ W2, bias]) for bias in (b, W1 @ b2 + b1, W1 @ b1 + b2)],
            biases: [np.column_stack([product, b1 + b2]) for product in (W, W1 @ W2)],
            "Does b2 go through the second layer too? It is added behind it.": np.column_stack([W, W2 @ (b1 + b2)]),
            "Which bias goes through the second layer, that of the first or that of the second?": np.column_stack(
                [W, W2 @ b2 + b1]
            ),
            "b1 goes through the second layer, which is W2.": np.column_stack([W, W1 @ b1 + b2]),
            "`*` multiplies number by number. A product of matrices is `@`.": np.column_stack([W2 * W1, b]),
            "Are the two matrices added? One acts on what the other gives.": np.column_stack([W1 + W2, b1 + b2]),
            "A product of the transposed matrices has the other order: which one stands next to x?": np.column_stack(
                [W2.T @ W1.T, b]
            ),
            "A transposed matrix belongs to rows, `x @ W.T`. Here x stands behind, as in the formula.": np.column_stack(
                [W1.T @ W2.T, b]
            ),
        }
    return mistakes


def merged_column_by_column(got, W1, b1, W2, b2, square):
    """Finds the mistake in the weights, or else in the bias, of two layers in one matrix of the right shape.

    Args:
        got: the student's matrix, shape (C, D + 1).
        W1, b1, W2, b2: the two layers.
        square: whether all sizes are equal, so that every product can be formed.

    Returns:
        A hint, or None.
    """
    weights = {"": W2 @ W1, "Is there a ReLU in it? Both layers are without activation.": W2 @ relu(W1)}
    biases = {
        "Has the bias of the second layer gone through it too? It is added behind it.": W2 @ b2 + b2,
        "Are the two biases averaged? b2 is added to what the second layer makes of b1.": (W2 @ b1 + b2) / 2,
        "Are the two biases multiplied? b2 is added to what the second layer makes of b1.": [
            W2 @ b1 * b2,
            *([b1 * b2] if square else []),
        ],
    }
    if square:
        weights |= {
            "Which layer comes first, and on which side of x does its matrix stand? W1 W2 is not W2 W1.": W1 @ W2,
            "`*` multiplies number by number. A product of matrices is `@`.": W2 * W1,
            "Transposed matrices belong to rows, `x @ W.T`. Here x stands behind, as in the formula.": [
                W2.T @ W1.T,
                W1.T @ W2.T,
                W2.T @ W1,
                W2 @ W1.T,
            ],
        }
        biases |= {
            "`b1 @ W2` is not `W2 @ b1`: on which side of its matrix does a column of numbers stand?": b1 @ W2 + b2,
            "Which bias goes through the second layer, and which layer is it? Not b2, and not W1.": [
                W1 @ b2 + b1,
                W1 @ b1 + b2,
                W1 @ b2 + b2,
            ],
            "A product number by number, `W2 * b1`, is still to be added up: `W2 @ b1` does both.": W2[:, 0] * b1 + b2,
        }
    hint = first_match(got[:, :-1], weights, None)
    return first_match(got[:, -1], biases, None) if hint == "" else hint


def xor_hint(got, units, biases, repairs=(None, None)):
    """Finds what a net says in place of "exactly one".

    Args:
        got: its outputs at (0, 0), (0, 1), (1, 0), (1, 1), shape (4,).
        units: how many hidden units it has.
        biases: theirs, shape (units,).
        repairs: hints of `repaired`: for a sign or an exchange, and for another number.
    """

    def says(*outputs):
        return np.allclose(got, outputs, atol=0.01)

    base, one, other, both = got
    known = {
        (0, 1, 1, 1): "That is 'at least one'. A second unit that is on for (1, 1) only can take it back.",
        (0, 0, 0, 1): "That is 'both'. You can use this unit: what must be subtracted from x1 + x2?",
        (0, 1, 1, 2): "That is x1 + x2, and no unit is ever off. Which unit is on for (1, 1) only, and how much must "
        "it take?",
        (1, 0, 0, 1): "That is the opposite: 1 where they agree. Is the sign of W2 the right one, and b2?",
        (0, -1, -1, 0): "That is the right shape with the wrong sign. Which of the arrays holds the sign?",
        (1, 1, 1, 0): "That is 'not both'. It is 1 at (0, 0) too, and there nobody has fired.",
        (1, 0, 0, 0): "That is 'none of the two'.",
        (-1, 0, 0, 1): "That is x1 + x2 - 1, a straight line: no unit is ever off. What does a ReLU do below 0?",
    }
    for outputs, hint in known.items():
        if says(*outputs):
            return hint
    if repairs[0] and units == 2:
        return repairs[0]
    if np.isclose(base, 0, atol=0.01) and np.isclose(one, -other, atol=0.01) and abs(one) > 0.01:
        return "One of the two wanted places has the wrong sign. Which number in W2 holds it?"
    if np.allclose(got[[0, 3]], 0, atol=0.01) and (abs(one) < 0.01) != (abs(other) < 0.01):
        half = "That is one half of it: one of the two wanted places. "
        return half + ("Can one line do both? You have a second unit." if units == 1 else "What is its mirror image?")
    if np.ptp(got) < 1e-6:
        return "It says the same everywhere. Are all hidden units off?"
    if units == 2 and np.allclose(np.sort(biases), [-1.5, -0.5]):
        return (
            "Biases of -1/2 and -3/2 are thresholds: they suit a unit that says 0 or 1. A ReLU does not jump, it grows "
            "from its kink on. How large is each one at 1 and at 2?"
        )
    if np.isclose(base, both, atol=0.01) and np.isclose(one, other, atol=0.01):
        if abs(base) > 0.01:
            return "The two wanted places are equal, and so are the others. What is added everywhere: is it b2?"
        return f"The right shape, and its height is {one:.3g} in place of 1. Which numbers stretch it?"
    if units == 1:
        return "One unit has one line, on one side of which it is off. Can one line do it?"
    if np.isclose(base, 0, atol=0.01) and np.isclose(one, 1, atol=0.01) and np.isclose(other, 1, atol=0.01):
        more = "too little" if both > 0 else "too much"
        return f"Three of the four are right. At (1, 1) the second unit takes {more}: how much is it there?"
    if repairs[1]:
        return repairs[1]
    return "Write down the two pre-activations at the four places, then the activations, then the output."
