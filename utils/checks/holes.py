"""A column of ages with holes: filled and scaled as on the training sample, and what mistakes make of it."""

import numpy as np


def ages(case):
    """Draws two columns of ages with holes, nan: of a training sample, and of new passengers who are older."""
    rng = np.random.default_rng(case)
    training, new = np.round(rng.gamma(4, 7, size=60)), np.round(20 + rng.gamma(4, 8, size=14))
    training[rng.choice(60, 12, replace=False)] = np.nan
    new[rng.choice(14, 4, replace=False)] = np.nan
    return training, new


def prepared(training, new, fill=None, scale=None, ddof=0):
    """The filled and scaled ages of new passengers, and 1 where there was a hole, shape (B, 2).

    Args:
        training, new: ages with holes.
        fill: what is put into the holes; None: the median of the known ages of the training sample.
        scale: ages whose mean and standard deviation are used; None: the filled training sample.
        ddof: of the standard deviation.
    """
    fill = np.nanmedian(training) if fill is None else fill
    scale = filled(training, fill) if scale is None else scale
    return np.column_stack([(filled(new, fill) - scale.mean()) / scale.std(ddof=ddof), np.isnan(new)])


def filled(column, value):
    """A column with a value in its holes."""
    return np.where(np.isnan(column), value, column)


def mistaken_preparations(training, new):
    """What mistakes make of the new passengers: hint -> arrays (B, 2)."""
    everybody, median = np.concatenate([training, new]), np.nanmedian(training)
    known, good = training[~np.isnan(training)], prepared(training, new)
    own, all_medians = np.nanmedian(new), np.nanmedian(everybody)
    raw, hole = filled(new, median), np.isnan(new)
    leak = (
        "Median, mean or width come from all passengers together. Whoever fits before the split lets the new "
        "passengers take part: fit on the training sample alone."
    )
    theirs = (
        "Median, mean or width are those of the new passengers. A passenger who comes alone has no median: all three "
        "are numbers of the training sample."
    )
    return {
        leak: [
            prepared(training, new, all_medians, filled(everybody, all_medians)),
            prepared(training, new, all_medians),
            prepared(training, new, median, filled(everybody, median)),
            prepared(training, new, median, np.concatenate([known, new[~hole]])),
        ],
        theirs: [
            prepared(training, new, own, filled(new, own)),
            prepared(training, new, own),
            prepared(training, new, own, filled(training, median)),
            prepared(training, new, median, raw),
            np.column_stack([prepared(training, filled(new, new[~hole].mean()))[:, 0], hole]),
        ],
        "A hole became 0, so these passengers are newborn. What is a likely age for somebody unknown?": [
            prepared(training, new, 0),
            prepared(training, new, 0, filled(training, median)),
            prepared(training, new, 0, known),
            prepared(training, new, 0, filled(new, 0)),
        ],
        "The holes hold the mean of the training sample. The median is wanted: a few old passengers do not move it.": [
            prepared(training, new, known.mean()),
            prepared(training, new, known.mean(), filled(training, median)),
            prepared(training, new, known.mean(), known),
            np.column_stack([np.where(hole, 0, good[:, 0]), hole]),
        ],
        "Mean and width are those of the known ages. Fill the training sample first, as the net will see it.": [
            prepared(training, new, median, known),
        ],
        "The ages are filled, and not scaled: they are still years.": np.column_stack([raw, hole]),
        "The mean is subtracted. By what is it divided?": np.column_stack(
            [raw - filled(training, median).mean(), hole]
        ),
        "It is divided by the width, and the mean is not subtracted.": np.column_stack(
            [raw / filled(training, median).std(), hole]
        ),
        "Is it divided by the variance? The standard deviation is wanted.": np.column_stack(
            [good[:, 0] / filled(training, median).std(), hole]
        ),
        "The second column is the wrong way round: 1 where the age was missing.": np.column_stack([good[:, 0], ~hole]),
        "Where is the hole marked? After filling nobody can see any more where it was: ask `np.isnan` first.": [
            np.column_stack([good[:, 0], np.zeros(len(new))]),
            np.column_stack([good[:, 0], np.ones(len(new))]),
        ],
        "The two columns are exchanged.": good[:, ::-1],
        "The second column is scaled, too, as the lesson's pipeline does. Here the mark is wanted as it is, 0 or 1.": [
            np.column_stack([good[:, 0], (hole - marks.mean()) / marks.std()]) for marks in (hole, np.isnan(training))
        ],
    }
