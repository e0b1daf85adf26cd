"""Stochastic gradient descent as it is, and as typical mistakes make it, each with the hint towards it."""

import numpy as np


def in_order(examples, batch_size, epoch):
    """Gives the rows of each batch, one after the other; the last batch may be smaller."""
    return [slice(start, start + batch_size) for start in range(0, examples, batch_size)]


def of_mean(X, y, w, batch_size, examples):
    """The gradient of the mean of the squares of a batch."""
    return 2 * X.T @ (X @ w - y) / len(y)


def sgd(X, y, w, learning_rate, batch_size, epochs, cut=in_order, slope=of_mean):
    """Gives the weights, shape (D,), after `epochs` times one step per batch.

    Args:
        X, y: examples, shapes (N, D) and (N,).
        w: weights at the start, shape (D,).
        learning_rate, batch_size, epochs: numbers.
        cut: gives the rows of the batches of an epoch.
        slope: gives the gradient of a batch, shape (D,).
    """
    for epoch in range(epochs):
        for rows in cut(len(y), batch_size, epoch):
            w = w - learning_rate * slope(X[rows], y[rows], w, batch_size, len(y))
    return w


def frozen(X, y, w, learning_rate, batch_size, epochs):
    """All steps of an epoch with the gradient at the weights of its start."""
    for _ in range(epochs):
        w = w - learning_rate * sum(of_mean(X[r], y[r], w, 0, 0) for r in in_order(len(y), batch_size, 0))
    return w


def averaged(X, y, w, learning_rate, batch_size, epochs):
    """One step in each epoch, with the mean of the gradients of the batches."""
    for _ in range(epochs):
        w = w - learning_rate * np.mean([of_mean(X[r], y[r], w, 0, 0) for r in in_order(len(y), batch_size, 0)], axis=0)
    return w


def with_momentum(X, y, w, learning_rate, batch_size, epochs):
    """Steps that go on with nine tenths of the step before."""
    velocity = np.zeros_like(w)
    for _ in range(epochs):
        for r in in_order(len(y), batch_size, 0):
            velocity = 0.9 * velocity - learning_rate * of_mean(X[r], y[r], w, 0, 0)
            w = w + velocity
    return w


def with_bias(X, y, w, learning_rate, batch_size, epochs):
    """A bias is trained too, and not returned."""
    ones, w = np.column_stack([X, np.ones(len(y))]), np.append(w, 0.0)
    return sgd(ones, y, w, learning_rate, batch_size, epochs)[:-1]


def replaced(X, y, w, learning_rate, batch_size, epochs):
    """The step takes the place of the weights."""
    for _ in range(epochs):
        for r in in_order(len(y), batch_size, 0):
            w = -learning_rate * of_mean(X[r], y[r], w, 0, 0)
    return w


def mistaken_sgd(X, y, w, learning_rate, batch_size, epochs):
    """Gives hint -> the weights to which each mistake leads; a list where the same hint fits several."""
    given = X, y, w, learning_rate, batch_size, epochs

    def cut(rows):
        return sgd(*given, cut=lambda examples, size, epoch: rows(in_order(examples, size, 0), epoch))

    def slope(formula):
        return sgd(*given, slope=lambda X, y, w, size, all_: formula(X, X @ w - y, size, all_))

    def trained(epochs, size=batch_size):
        return sgd(X, y, w, learning_rate, size, epochs)

    def parts(number):
        return sgd(*given, cut=lambda examples, size, epoch: np.array_split(np.arange(examples), min(number, examples)))

    ends = [trained(epoch) for epoch in range(epochs + 1)]
    return {
        "Which way do you go? The gradient points to where the loss grows.": slope(
            lambda X, r, b, n: -2 * r @ X / len(r)
        ),
        "Is this the gradient of the sum over the batch? Then a batch twice as large makes a step twice as long. What "
        "is its mean?": slope(lambda X, r, b, n: 2 * r @ X),
        "Differentiate the square once more: each of your steps is half as long as it should be.": slope(
            lambda X, r, b, n: r @ X / len(r)
        ),
        "That is the lecture's loss, half of the sum. Here the mean over the batch is wanted, without the half.": slope(
            lambda X, r, b, n: r @ X
        ),
        "By what is the last batch divided? It holds fewer examples than the others.": slope(
            lambda X, r, b, n: 2 * r @ X / b
        ),
        "By what is the gradient of a batch divided? By the number of all examples it becomes too small.": slope(
            lambda X, r, b, n: 2 * r @ X / n
        ),
        "Is the last, smaller batch left out? Its examples were measured too.": cut(lambda rows, epoch: rows[:-1]),
        "Each epoch takes one step, with its first batch. What about the others?": cut(lambda rows, epoch: rows[:1]),
        "Each epoch takes one step, with its last batch. Does the step stand inside the loop over the batches?": cut(
            lambda rows, epoch: rows[-1:]
        ),
        "A step is counted as an epoch here: so many steps are taken as there are epochs, each with the next batch.": (
            cut(lambda rows, epoch: [rows[epoch % len(rows)]])
        ),
        "That is one step with all examples in each epoch. Where are the batches?": trained(epochs, len(y)),
        "Each step uses all examples. Only those of its batch belong into its gradient.": cut(
            lambda rows, epoch: [slice(None)] * len(rows)
        ),
        "One example of each batch is used. The mean is over all of them.": [
            slope(lambda X, r, b, n: 2 * r[0] * X[0]),
            slope(lambda X, r, b, n: 2 * r[0] * X[0] / len(r)),
            slope(lambda X, r, b, n: 2 * r[-1] * X[-1]),
        ],
        "Is one row of each batch missing? A slice `a:b` stops before b.": cut(
            lambda rows, epoch: [slice(r.start, r.stop - 1) for r in rows]
        )
        if batch_size > 1
        else [],
        "Is there a bias in it? Here the model has none.": with_bias(*given),
        "Is the step in the place of the weights? It is taken away from them.": [replaced(*given), -replaced(*given)],
        "That is a step for each single example. How many of them make a batch?": trained(epochs, 1),
        "Do your batches overlap? Where does the second one begin?": cut(
            lambda rows, epoch: [slice(i, i + batch_size) for i in range(len(rows))]
        ),
        "Does each batch take every so-manieth row? Wanted are neighbours: the first rows, then the next ones.": cut(
            lambda rows, epoch: [slice(i, None, len(rows)) for i in range(len(rows))]
        ),
        "Is the order of the batches turned round? The first rows come first.": cut(lambda rows, epoch: rows[::-1]),
        "The examples were used once, in one epoch. Does another one follow, from where the last one ended?": (
            ends[min(1, epochs)]
        ),
        "One step is taken. Does `return` stand inside the loops?": sgd(
            *given[:-1], 1, cut=lambda examples, size, epoch: in_order(examples, size, 0)[:1]
        ),
        "`batch_size` says how many examples are in a batch. Is it the number of batches in yours?": parts(batch_size),
        "As many batches as there are examples in one? Count the batches of an epoch.": cut(
            lambda rows, epoch: rows[:batch_size]
        ),
        "Full batches first, and what is left at the end: yours are all of nearly the same size.": parts(
            -(-len(y) // batch_size)
        ),
        "The mean over all batches, and one step with it in each epoch: a step belongs to each batch.": averaged(
            *given
        ),
        "That is momentum, in which a step goes on with the last one. Here each step stands alone.": with_momentum(
            *given
        ),
        "(B, 1) minus (B,) makes (B, B) in NumPy: each answer minus every wanted output. Are both of the same shape?": (
            sgd(*given, slope=lambda X, y, w, size, all_: 2 * X.T @ (X @ w - y.mean()) / len(y))
        ),
        "That is where the descent would end after very many epochs. Wanted is where it stands.": (
            np.linalg.lstsq(X, y, rcond=None)[0]
        ),
        "The square has one factor 2. Is it in yours twice?": slope(lambda X, r, b, n: 4 * r @ X / len(r)),
        "One number for all weights? Each weight has a slope of its own: the mean is over the examples only.": [
            slope(lambda X, r, b, n: np.full(X.shape[1], 2 * (r @ X).mean())),
            slope(lambda X, r, b, n: np.full(X.shape[1], 2 * (r @ X).mean() / len(r))),
        ],
        "By what is the gradient of a batch divided? By the number of examples in it, not of the features.": slope(
            lambda X, r, b, n: 2 * r @ X / X.shape[1]
        ),
        "How does h depend on w? The derivative of X w by w is X.": slope(
            lambda X, r, b, n: np.full(X.shape[1], 2 * r.mean())
        ),
        "Is there a root in your loss? The mean of the squares has none.": slope(
            lambda X, r, b, n: r @ X / len(r) / np.sqrt(np.mean(r**2))
        ),
        "Does your training begin at 0? The weights at the start are given.": sgd(X, y, 0 * w, *given[3:]),
        "One epoch is missing. Where does your loop end?": ends[epochs - 1],
        "One epoch too many. Where does your loop end?": trained(epochs + 1),
        "These are the weights at the start. Is what a step makes kept for the next one, and returned?": w,
        "All gradients of an epoch are taken at the weights of its start. In SGD each batch moves the weights, and the "
        "next one starts from there.": frozen(*given),
        "Is the gradient that of the absolute values? The loss is the mean of the squares.": slope(
            lambda X, r, b, n: np.sign(r) @ X / len(r)
        ),
        "Is the gradient divided by its length? Far from the minimum a step has to be longer than near it.": slope(
            lambda X, r, b, n: r @ X / np.linalg.norm(r @ X)
        ),
        "These are means over the way. Wanted are the weights at its end.": [
            np.mean(ends, axis=0),
            np.mean(ends[1:], axis=0),
        ],
        "That is how far the weights have moved. From where?": trained(epochs) - w,
        "Is the learning rate used twice, or not at all?": [
            slope(lambda X, r, b, n: 2 * r @ X / len(r) * learning_rate),
            slope(lambda X, r, b, n: 2 * r @ X / len(r) / learning_rate),
        ],
        "Is the learning rate used that is given, or another one?": [
            sgd(X, y, w, rate, batch_size, epochs) for rate in (0.1, 0.01, 0.001, 1.0) if rate != learning_rate
        ],
    }
