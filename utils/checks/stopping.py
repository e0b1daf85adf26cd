"""Trainings of which only the validation losses are left: where each has to stop, and where mistakes would stop it."""

_RESET = "A new best loss gives the whole patience back. Does your counter begin at 0 again?"

#: validation losses, patience, what is right, and hint -> what the mistake gives; asked in this order
TRAININGS = [
    (
        [0.9, 0.5, 0.6, 0.55, 0.4, 0.45, 0.42, 0.5, 0.6, 0.7, 0.3, 0.35],
        3,
        (8, 5),
        {
            "Epochs are counted from 1 here, positions in a list from 0.": [(7, 4), (7, 5), (8, 4), (9, 6)],
            "These are the right two, in the other order: first where training stops, then the best.": [(5, 8)],
            "It stops as soon as the loss rises once. What is patience for?": [(3, 2)],
            "The best one lies behind the stop: nobody who stops there ever sees it.": [(8, 11)],
            "It never stops. At epoch 8, who knows that a better loss comes at 11?": [(12, 11), (12, 12), (14, 11)],
            "One epoch too long: training stops at the third epoch in a row without a new best.": [(9, 5)],
            "Too early: three epochs in a row may be without a new best, and training stops at the third.": [(4, 2)],
            "Is each loss compared with the one before it? It has to beat the best so far.": [(10, 5)],
            "That is the best epoch twice. At epoch 5, who knows that 6, 7 and 8 will be worse?": [(5, 5)],
            "These are losses. Wanted are the epochs at which they occur.": [(0.5, 0.4), (0.4, 0.5)],
            "The second one is a loss. Wanted is the epoch at which it occurs.": [(8, 0.4), (8, 0.3), (12, 0.3)],
            "The second one is how long it has waited. Wanted is the epoch that was the best.": [(8, 3)],
            "The best epoch stands there; the first number is the epoch after which training stops.": [(5, 3)],
            "The last one of the list is not the best one, and nobody has got there.": [(8, 12), (12, 8)],
            "The second one is the stop once more. Wanted is the epoch with the lowest loss until then.": [(8, 8)],
            "No new best was ever found, or it was not kept. `<` or `>`, and is the best one changed?": [
                (3, 0),
                (12, 0),
                (12, 1),
                (4, 1),
            ],
            _RESET: [(6, 5)],
        },
    ),
    (
        [1.0, 0.8, 0.7, 0.6, 0.65],
        3,
        (5, 4),
        {
            "These are the right two, in the other order, where the list ends before the patience does.": [(4, 5)],
            "Are these the numbers of the first list? Each list has its own.": [(8, 5)],
            "There are only five epochs here: the list ends before the patience does.": [(7, 4)],
            "The stop minus the patience is the best epoch only where the patience has run out.": [(5, 2)],
            "Where the list ends before the patience does, the stop is its last epoch.": [(4, 4), (0, 4), (-1, 4)],
        },
    ),
    ([0.9, 0.7, 0.8, 0.75, 0.6], 2, (4, 2), {"Is the patience always 3 in yours? Here it is 2.": [(5, 5)]}),
    (
        [0.5, 0.4, 0.4, 0.4, 0.3],
        2,
        (4, 2),
        {"Is an equal loss an improvement? As in Keras, a new best has to be smaller.": [(5, 5), (4, 4), (4, 3)]},
    ),
    ([0.5, 0.45, 0.6, 0.4, 0.55, 0.35], 2, (6, 6), {_RESET: [(5, 4)]}),
    ([0.5, 0.6, 0.4], 1, (2, 1), {"With patience 1 the first epoch without a new best is the last.": [(3, 3)]}),
    ([30.0, 20.0, 25.0, 26.0], 2, (4, 2), {"The first loss is the best so far, however large.": [(2, 0), (2, 1)]}),
]
