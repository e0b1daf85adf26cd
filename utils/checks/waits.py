"""Nine waits for a bus, three losses, and what typical mistakes announce."""

import numpy as np

WAITS = np.array([6, 2, 25, 3, 1, 12, 4, 8, 2])  # minutes; mean 7, median 4


def squared_loss(c):
    """The sum of the squared deviations from c."""
    return np.sum((WAITS - c) ** 2)


def cost(c, late=1.0):
    """The sum of absolute deviations from c, with `late` for each minute that the wait is longer than c."""
    return np.sum(np.maximum(c - WAITS, 0) + late * np.maximum(WAITS - c, 0))


def late_cost(c):
    """The same, where a wait longer than c is four times as dear."""
    return cost(c, 4)


def best_of(loss):
    """The smallest loss of one announcement."""
    return min(loss(c) for c in (WAITS.mean(), *WAITS))


_SQUARES = {
    "That is the middle one of the waits. Does the derivative of the squares vanish there?": np.median(WAITS),
    "Is every wait counted? 2 occurs twice.": [np.unique(WAITS).mean(), np.median(np.unique(WAITS))],
    "That is the middle between the shortest and the longest.": (WAITS.min() + WAITS.max()) / 2,
    "Is the sum divided by 8? There are nine days.": WAITS.sum() / 8,
    "Is the 25 left out? It is an odd day, and it counts.": np.sort(WAITS)[:8].mean(),
    "That is the wait that occurs most often. Here long waits weigh most: what is the mean?": 2,
    "Is that the smallest loss of a single day? Wanted is the c for which the sum over all days is smallest.": [0, 1],
    "That is the sum of the waits. One announcement is wanted for a day.": WAITS.sum(),
    "That is the smallest loss itself, not where it is.": [best_of(squared_loss), best_of(squared_loss) / 9],
}
_ABSOLUTES = {
    "That is the mean, and the 25 pulls at it. How many waits lie above it, and how many below?": WAITS.mean(),
    "That is the fifth in the list as it stands. In order of length?": WAITS[4],
    "Is every wait counted? 2 occurs twice.": np.median(np.unique(WAITS)),
    "That is the wait that occurs most often. How many lie above it, and how many below?": 2,
    "That is the smallest loss itself, not where it is.": best_of(cost),
}
_DEAR = {
    "Here the two costs are exchanged: a wait longer than announced is the dear one.": 2,
    "That is the answer for equal costs. To which side do dear long waits push it?": [4, WAITS.mean()],
    "That costs nothing for long waits. Is it worth what the other eight then cost?": WAITS.max(),
    "Four to one is the quantile 4/5, not 3/4: of five equal shares four lie below.": 8,
    "`np.quantile` draws a straight line between two waits, 8 and 12. Does the cost fall on the whole way from 8 "
    "to 12, or is its lowest point between them?": np.quantile(WAITS, 0.8),
    "That is four times the answer for equal costs. The costs are multiplied by 4, not the minutes.": [16, 28],
}
#: name, the best announcement, its loss, hint -> what a mistake gives, the hint where none fits
QUESTIONS = [
    ("c_squared", WAITS.mean(), squared_loss, _SQUARES, "Set the derivative of the sum of (y - c)^2 by c to zero."),
    ("c_absolute", np.median(WAITS), cost, _ABSOLUTES, "As many waits above c as below it: which c is that?"),
    ("c_late", 12, late_cost, _DEAR, "Four times as many waits below c as above it: about which c is that?"),
]
