"""Adam as it is, and as typical mistakes make it, each with the hint towards it."""

import numpy as np

BETAS, EPSILON = (0.9, 0.999), 1e-7  # those of Keras
OTHERS = (0.9, 0.9), (0.9, 0.99), (0.99, 0.999), (0.99, 0.99), (0.999, 0.999), (0.95, 0.999)  # in their place


def adam(gradients, w, learning_rate, step=None, betas=BETAS, own=None, power=np.square):
    """Gives the weights, shape (P,), after one step of Adam for each of the gradients.

    Args:
        gradients: shape (T, P).
        w: weights at the start, shape (P,).
        learning_rate: a number.
        step: gives the length of a step from the gradient, the two means, and the number of the step.
        betas: how much of each mean stays.
        own: how much of what is new comes to each mean; 1 - beta as a rule.
        power: what the second one is the mean of.
    """
    step = step or corrected
    own = own or (1 - betas[0], 1 - betas[1])
    m = v = np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        m, v = betas[0] * m + own[0] * g, betas[1] * v + own[1] * power(g)
        w = w - learning_rate * step(g, m, v, t)
    return w


def corrected(g, m, v, t, first=1, second=1):
    """Adam's step; `first` and `second` are 0 to leave out the correction of the bias of one of the means."""
    m_hat, v_hat = m / (1 - BETAS[0] ** t) ** first, v / (1 - BETAS[1] ** t) ** second
    return m_hat / (np.sqrt(v_hat) + EPSILON)


def stored(gradients, w, learning_rate):
    """The corrected means are put in the place of the means."""
    m = v = np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        m = (BETAS[0] * m + 0.1 * g) / (1 - BETAS[0] ** t)
        v = (BETAS[1] * v + 0.001 * g**2) / (1 - BETAS[1] ** t)
        w = w - learning_rate * m / (np.sqrt(v) + EPSILON)
    return w


def mistaken_adam(gradients, w, learning_rate):
    """Gives hint -> the weights to which each mistake leads; a list where the same hint fits several."""
    given, steps = (gradients, w, learning_rate), len(gradients)

    def step(formula, **how):
        return adam(*given, step=formula, **how)

    def only(formula):
        return step(lambda g, m, v, t: formula(g))

    def root(v):
        return np.sqrt(v) + EPSILON

    def no_bias(g, m, v, t):
        return corrected(g, m, v, t, 0, 0)

    right, swapped, all_new = adam(*given), BETAS[::-1], (1.0, 1.0)
    return {
        "Both means begin at 0 and are too small at first. Which of the formulas makes up for it?": step(no_bias),
        "The first mean is corrected for its start at 0. And the second?": step(
            lambda g, m, v, t: corrected(g, m, v, t, 1, 0)
        ),
        "The second mean is corrected for its start at 0. And the first?": step(
            lambda g, m, v, t: corrected(g, m, v, t, 0, 1)
        ),
        "Which way do you go? The gradient points to where the loss grows.": 2 * w - right,
        "The second mean has the unit of a square. What is missing before you divide by it?": step(
            lambda g, m, v, t: m / (1 - BETAS[0] ** t) / (v / (1 - BETAS[1] ** t) + EPSILON)
        ),
        "Of what is v the mean? Not of the gradient itself, nor of its size.": [
            step(corrected, power=np.abs),
            step(lambda g, m, v, t: corrected(g, m, np.abs(v), t), power=lambda g: g),
        ],
        "v is the mean of the squares, not a variance: nothing is subtracted from the gradient.": around_the_mean(
            *given
        ),
        "Is v made of the first mean? It is a mean of the squares of the gradients.": of_the_first_mean(*given),
        "Which of the two forgets quickly? The numbers 0.9 and 0.999 are exchanged.": [
            step(corrected, betas=swapped),
            step(lambda g, m, v, t: m / (1 - 0.999**t) / root(v / (1 - 0.9**t)), betas=swapped),
            step(no_bias, betas=swapped),
        ],
        "What is new comes into a mean with the share that the old leaves: 0.9 of the old, and of the new?": [
            step(corrected, own=all_new),
            step(corrected, own=(1.0, 0.001)),
            step(corrected, own=(0.1, 1.0)),
        ],
        "Do the shares of old and new stand the wrong way round? Most of a mean is what it was before.": [
            step(corrected, betas=(0.1, 0.001), own=(0.9, 0.999)),
            step(no_bias, betas=(0.1, 0.001), own=(0.9, 0.999)),
            *(step(corrected, betas=b, own=(1 - b[0], 1 - b[1])) for b in ((0.1, 0.999), (0.9, 0.001), (0.1, 0.001))),
        ],
        "Brackets are missing: `m / 1 - 0.9**t` is m minus 0.9**t.": [
            step(lambda g, m, v, t: (m - 0.9**t) / root(v / (1 - 0.999**t))),
            step(lambda g, m, v, t: (m - 0.9**t) / root(np.abs(v - 0.999**t))),
            step(lambda g, m, v, t: m / (1 - 0.9**t) / root(np.abs(v - 0.999**t))),
        ],
        "Is epsilon under the root? It is added to the root.": step(
            lambda g, m, v, t: m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t) + EPSILON)
        ),
        "In the correction the step number is an exponent. Yours multiplies.": [
            step(lambda g, m, v, t: m / (1 - 0.9 * t) / root(np.abs(v / (1 - 0.999 * t)))),
            step(lambda g, m, v, t: m / (1 - 0.9 / t) / root(v / (1 - 0.999 / t))),
        ],
        "Does every step correct for the number of all steps? Each has a number of its own.": step(
            lambda g, m, v, t: corrected(g, m, v, steps)
        ),
        "Two mistakes look like this: every step corrects as the first one does, so its number does not grow; or what "
        "is new comes into the means without its share, 0.1 and 0.001.": step(lambda g, m, v, t: corrected(g, m, v, 1)),
        "Is the first step counted as number 2? Look where t begins, and where it grows.": step(
            lambda g, m, v, t: corrected(g, m, v, t + 1)
        ),
        "To correct is to make larger here: multiply, or divide?": step(
            lambda g, m, v, t: m * (1 - 0.9**t) / root(v * (1 - 0.999**t))
        ),
        "Are the corrected means kept for the next step? The means go on as they were; the corrected ones serve this "
        "step.": stored(*given),
        "The root is taken of v only. Wanted is the root of the corrected v.": step(
            lambda g, m, v, t: m / (1 - 0.9**t) / (np.sqrt(v) / (1 - 0.999**t) + EPSILON)
        ),
        "Every weight moves by the whole rate in each step. Do your means begin anew in each one, inside the loop?": (
            only(lambda g: np.sign(g))
        ),
        "That is plain gradient descent: every gradient times the learning rate.": only(lambda g: g),
        "That is momentum. What is it divided by?": [
            step(lambda g, m, v, t: m / (1 - 0.9**t)),
            step(lambda g, m, v, t: m),
            step(lambda g, m, v, t: m, own=all_new),
        ],
        "The step goes along the gradient of this step only, as in RMSprop. Where is the first mean?": [
            step(lambda g, m, v, t: g / root(v / (1 - 0.999**t))),
            step(lambda g, m, v, t: g / root(v)),
        ],
        "That is AdaGrad, which adds up the squares and forgets nothing. Adam takes a mean.": [
            step(lambda g, m, v, t: g / root(v), betas=(0.9, 1.0), own=all_new),
            step(lambda g, m, v, t: m / (1 - 0.9**t) / root(v), betas=(0.9, 1.0), own=(0.1, 1.0)),
        ],
        "One v for all weights? Each weight has one of its own: that is the point of Adam.": [
            step(lambda g, m, v, t: corrected(g, m, v.mean(), t)),
            step(lambda g, m, v, t: corrected(g, m, v.sum(), t)),
        ],
        "Is a mean taken over the weights? Each weight has its own m and v.": [
            step(lambda g, m, v, t: corrected(g, m.mean(), v.mean(), t)),
            step(lambda g, m, v, t: corrected(g, m.mean(), v, t)),
        ],
        "The numbers are 0.9 and 0.999. Is one of them another one in yours?": [
            *(step(corrected, betas=b, own=(1 - b[0], 1 - b[1])) for b in OTHERS),
            *(
                step(
                    lambda g, m, v, t, b=b: m / (1 - b[0] ** t) / root(v / (1 - b[1] ** t)),
                    betas=b,
                    own=(1 - b[0], 1 - b[1]),
                )
                for b in OTHERS
            ),
        ],
        "Each mean has its own correction. Are the two exchanged?": step(
            lambda g, m, v, t: m / (1 - 0.999**t) / root(v / (1 - 0.9**t))
        ),
        "Something is missing in the correction: at first it has to be near 0.1, not near 0.9.": step(
            lambda g, m, v, t: m / 0.9**t / root(v / 0.999**t)
        ),
        "Is epsilon 1e-7? It has to be far smaller than any gradient.": [
            step(lambda g, m, v, t, e=e: m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + e))
            for e in (1.0, 0.1, 0.01, 1e-3)
        ],
        "Multiply by the root, or divide by it?": step(lambda g, m, v, t: m / (1 - 0.9**t) * root(v / (1 - 0.999**t))),
        "A root, or a square, too many. Which of the two means has one?": [
            step(lambda g, m, v, t: (m / (1 - 0.9**t)) ** 2 / root(v / (1 - 0.999**t))),
            step(lambda g, m, v, t: m / (1 - 0.9**t) / np.sqrt(root(v / (1 - 0.999**t)))),
        ],
        "Only one step is taken, at the end. Does it stand inside the loop over the gradients?": at_the_end(*given),
        "Do your means begin with the first gradient? Both begin at 0.": [
            from_the_first(*given),
            from_the_first(*given, by=1),
        ],
        "That is a mean of the gradients. Wanted are the weights.": [*means(gradients)],
        "That is Nadam, Adam with Nesterov's look ahead.": step(
            lambda g, m, v, t: (0.9 * m / (1 - 0.9 ** (t + 1)) + 0.1 * g / (1 - 0.9**t)) / root(v / (1 - 0.999**t))
        ),
        "Does the learning rate fall from step to step? Here it stays.": step(
            lambda g, m, v, t: corrected(g, m, v, t) / t
        ),
        "Is the learning rate forgotten?": adam(gradients, w, 1.0),
        "That is how far the weights have moved. From where?": right - w,
        "These are the weights at the start. Is what a step makes kept for the next one, and returned?": w,
        "One step is taken. There is one for each row of the gradients.": [
            adam(gradients[:1], w, learning_rate),
            adam(gradients[-1:], w, learning_rate),
        ],
        "The last gradient is not used. Where does your loop end, and does a step come before its means?": adam(
            gradients[:-1], w, learning_rate
        ),
        "The first gradient is not used. Where does your loop begin?": adam(gradients[1:], w, learning_rate),
    }


def at_the_end(gradients, w, learning_rate):
    """One step only, with the means of all gradients."""
    return w - learning_rate * (last_step(gradients, np.zeros_like(w), np.zeros_like(w)))


def last_step(gradients, m, v):
    """Adam's last step, from the means at the start."""
    for g in gradients:
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return corrected(g, m, v, len(gradients))


def means(gradients):
    """The two means at the end, and the corrected ones."""
    m = v = 0 * gradients[0]
    for g in gradients:
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
    return m, v, m / (1 - 0.9 ** len(gradients)), v / (1 - 0.999 ** len(gradients))


def from_the_first(gradients, w, learning_rate, by=0):
    """The means begin with the first gradient and its square, and are corrected or not: `by` is 1 or 0."""
    m, v = gradients[0], gradients[0] ** 2
    for t, g in enumerate(gradients, 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - learning_rate * corrected(g, m, v, t, by, by)
    return w


def of_the_first_mean(gradients, w, learning_rate):
    """The second mean is one of the squares of the first mean."""
    m = v = np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * m**2
        w = w - learning_rate * corrected(g, m, v, t)
    return w


def around_the_mean(gradients, w, learning_rate):
    """The second mean is one of squared distances from the first."""
    m = v = np.zeros_like(w)
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * (g - m) ** 2
        w = w - learning_rate * corrected(g, m, v, t)
    return w
