"""Quadratics with their curvatures, and the learning rates that typical mistakes make of them."""

import numpy as np

#: matrices A of the losses 1/2 w A w, asked for in this order
QUADRATICS = [
    np.array([[7.0, 2.0, 0.0], [2.0, 2.5, 0.0], [0.0, 0.0, 4.2]]),
    np.diag([1.0, 8.0, 3.0]),  # here the curvatures are not in order
    np.array([[0.5, -0.5], [-0.5, 0.5]]),  # and here one of them is 0
]


def mistaken_rates(A):
    """Gives hint -> the learning rate that this mistake gives; a list where the same hint fits several.

    Args:
        A: shape (P, P), symmetric, no curvature below 0.
    """
    curvatures, axes = np.linalg.eigvalsh(A), np.diag(A)
    small, large = curvatures[0], curvatures[-1]
    low = max(small, 1e-12)
    vectors, inverse = np.linalg.eig(A)[1], np.linalg.pinv(A)
    as_they_come = np.linalg.eigvals(A).real
    order = {
        "`np.linalg.eigvals` does not sort. Which of the curvatures did you take?": [
            2 / value for value in as_they_come
        ]
    }
    mistakes = {
        "That is the rate with which a parabola is at its minimum after one step. A larger one still converges, "
        "swinging from side to side. Up to where?": 1 / large,
        "This uses the smallest curvature. Which direction is the first to grow, the flat one or the steep one?": [
            2 / low,
            1 / low,
        ],
        "That is the fastest rate, a compromise between the steep direction and the flat one. Asked for is where "
        "convergence ends.": 2 / (large + small),
        "These are curvatures along the axes. The valley lies across them: which direction bends most?": [
            2 / axes.max(),
            1 / axes.max(),
        ],
        "This takes all curvatures together. Which single one is the first to forbid a larger rate?": [
            2 / np.trace(A),
            1 / np.trace(A),
            2 / curvatures.mean(),
            1 / curvatures.mean(),
        ],
        "The determinant is the product of the curvatures: two flat directions can hide a steep one in it.": [
            2 / max(np.linalg.det(A), 1e-12),
            1 / max(np.linalg.det(A), 1e-12),
            np.linalg.det(A),
        ],
        "This norm looks at all entries of A. A direction bends less than that.": [
            2 / np.linalg.norm(A),
            1 / np.linalg.norm(A),
            2 / np.abs(A).sum(),
            2 / np.abs(A).sum(axis=0).max(),
            1 / np.abs(A).sum(axis=0).max(),
        ],
        "These are directions, not curvatures. `np.linalg.eig` gives the curvatures first.": [
            2 / np.abs(vectors).max(),
            *(2 / v for v in (vectors.max(), vectors[0, 0]) if v),
        ],
        "A vector that meets A again and again grows. By how much does A lengthen it in one step?": [
            2 / np.linalg.norm(np.linalg.matrix_power(A, k) @ np.ones(len(A))) for k in range(2, 12)
        ],
        "Did the 1/2 come in twice? The gradient of 1/2 w A w is A w, so A itself is the curvature.": 4 / large,
        "The inverse is large where A is flat. Which direction is the first to grow?": [
            2 / inverse.max(),
            1 / inverse.max(),
        ],
        "That is the largest curvature. Twice as much curvature: may the rate be larger, or has it to be smaller?": [
            large,
            2 * large,
            large / 2,
        ],
        "That is the smallest curvature. Twice as much curvature: may the rate be larger, or has it to be smaller?": [
            small,
            2 * small,
            small / 2,
        ],
        "That is the ratio of the curvatures, which says how many steps it takes. The rate has a unit: one over that "
        "of a curvature.": [large / low, low / large, 2 * low / large, (large - small) / (large + small)],
        "Where does a root come from? A step multiplies the distance by 1 - rate times curvature.": [
            2 / np.sqrt(large),
            np.sqrt(2 / large),
            1 / np.sqrt(large),
        ],
        "Is the curvature squared? A step multiplies the distance by 1 - rate times curvature.": [
            2 / large**2,
            1 / large**2,
        ],
        "That is the best rate of descent with momentum, or its limit. Here there is none.": (
            4 / (np.sqrt(large) + np.sqrt(small)) ** 2
        ),
        "Is `A` used, or is that the number of another A?": [2 / np.linalg.eigvalsh(other)[-1] for other in QUADRATICS],
        "At this rate every start stays where it is.": 0,
        "The sign: a negative rate goes uphill.": [-2 / large, -1 / large],
    }
    if A is QUADRATICS[0]:
        mistakes.pop(next(hint for hint in mistakes if hint.startswith("Is `A` used")))
    across = np.count_nonzero(A - np.diag(axes))  # then another mistake is more probable
    return mistakes | order if across else order | mistakes
