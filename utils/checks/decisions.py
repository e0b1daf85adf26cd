"""Decisions by a threshold: precision, recall, costs, and what mistakes make of them."""

import numpy as np


def outputs(n, seed):
    """Draws outputs of a net, shape (n,), none of them on a threshold, and who survived, 0 or 1, shape (n,)."""
    rng = np.random.default_rng(seed)
    p = np.round(rng.beta(0.7, 1.0, size=n), 3) + 0.0004
    return p, (rng.uniform(size=n) < p**1.3).astype(int)


def matrix(p, survived, threshold):
    """The confusion matrix: true and false positives, false and true negatives."""
    said, is_so = p > threshold, survived == 1
    return tuple(int(np.sum(part)) for part in (said & is_so, said & ~is_so, ~said & is_so, ~said & ~is_so))


def precision_and_recall(p, survived, threshold):
    """Precision and recall."""
    tp, fp, fn, _ = matrix(p, survived, threshold)
    return np.array([tp / (tp + fp), tp / (tp + fn)])


def mistaken_rates(p, survived, threshold):
    """What mistakes give in the place of precision and recall: hint -> numbers."""
    tp, fp, fn, tn = matrix(p, survived, threshold)
    n, precision, recall = len(p), tp / (tp + fp), tp / (tp + fn)
    half = precision_and_recall(p, survived, 0.5)
    accuracy, f1 = (tp + tn) / n, 2 * precision * recall / (precision + recall)
    return {
        "The two are exchanged. Precision looks at those of whom it is *said*, recall at those of whom it is *true*.": (
            recall,
            precision,
        ),
        "Is the threshold always 1/2? It is the third argument.": half,
        "That is the accuracy: it also praises every death that was foreseen.": [
            (accuracy, recall),
            (precision, accuracy),
            (accuracy, accuracy),
        ],
        "That is how many of the dead are recognised, the specificity. Recall is about the survivors.": [
            (precision, tn / (tn + fp)),
            (tn / (tn + fp), recall),
        ],
        "That is the rate of false positives, divided by all who died. Precision is divided by all letters.": [
            (fp / (fp + tn), recall),
        ],
        'Which class is meant? The positive answer is "survived", above the threshold.': [
            (tn / (tn + fn), tn / (tn + fp)),
            (fn / (fn + tn), fn / (fn + tp)),
            (tn / (tn + fp), tn / (tn + fn)),
            (tn / (tn + fn), recall),
        ],
        "That is an average over both classes. Wanted are the rates of one class: who survived.": [
            ((precision + tn / (tn + fn)) / 2, (recall + tn / (tn + fp)) / 2),
            (((tp + fn) * precision + (tn + fp) * tn / (tn + fn)) / n, accuracy),
        ],
        "That is a point of the ROC curve, or a half of one. Precision is divided by all letters.": [
            (recall, fp / (fp + tn)),
            (fp / (fp + tn), recall),
            (precision, fp / (fp + tn)),
        ],
        "These are percent. Wanted are numbers between 0 and 1.": (100 * precision, 100 * recall),
        "They are rounded. Return all digits, and round where you print.": np.round((precision, recall), 2),
        "Both are divided by all passengers. By whom is each of them divided?": [
            (tp / n, tp / n),
            ((tp + fp) / n, (tp + fn) / n),
            (tp / n, recall),
            (precision, tp / n),
        ],
        "These are counts. A share is wanted for each.": [(tp, tp), (tp + fp, tp + fn), (tp, fp), (tp, fn), (fp, fn)],
        "These are the shares of mistakes, 1 minus what is wanted.": [
            (1 - precision, 1 - recall),
            (1 - precision, recall),
            (precision, 1 - recall),
        ],
        "The two were joined into one number, F1. They are wanted apart.": [(f1, f1), (precision, f1), (f1, recall)],
        "Twice the same. Which passengers stand below the line of each of the two fractions?": [
            (precision, precision),
            (recall, recall),
        ],
        "These are odds, right to wrong. Shares are right to all.": [(tp / max(fp, 1), tp / max(fn, 1))],
    }


def costs(p, survived, thresholds, c, missed=1):
    """The cost per passenger at each threshold: c for a false hope, `missed` for a survivor who is missed."""
    table = np.array([matrix(p, survived, t) for t in thresholds])
    return (c * table[:, 1] + missed * table[:, 2]) / len(p)


def costs_below(p, survived, thresholds, c):
    """The same where those below the threshold get the letter."""
    return costs(-p, survived, -np.asarray(thresholds), c)


def decisions(validation, test, c, thresholds):
    """Every (threshold, cost on the test sample) with the lowest cost on the validation sample."""
    chosen = costs(*validation, thresholds, c)
    return [(thresholds[k], costs(*test, thresholds, c)[k]) for k in np.flatnonzero(np.isclose(chosen, chosen.min()))]


def mistaken_decisions(validation, test, c, thresholds):
    """What mistakes give in the place of a threshold and its cost on the test sample: hint -> numbers."""
    on_val, on_test = costs(*validation, thresholds, c), costs(*test, thresholds, c)
    v, t, n = on_val.argmin(), on_test.argmin(), len(test[0])
    turned_val, turned = costs(*validation, thresholds, 1, c), costs(*test, thresholds, 1, c)
    both = [np.concatenate(pair) for pair in zip(validation, test, strict=True)]
    pooled, equal = costs(*both, thresholds, c).argmin(), costs(*validation, thresholds, 1).argmin()
    said_below = [costs_below(*sample, thresholds, c) for sample in (validation, test)]
    half, rule = np.abs(thresholds - 0.5).argmin(), np.abs(thresholds - c / (1 + c)).argmin()
    return {
        "The threshold was chosen on the test sample: it has the lowest cost that these very passengers allow. The "
        "next ones will not be as kind. Choose on the validation sample, and report on the test sample.": [
            (thresholds[t], on_test[t]),
            (thresholds[t], on_val[t]),
        ],
        "The threshold was chosen on both samples together: the test passengers have taken part.": [
            (thresholds[pooled], on_test[pooled]),
            (thresholds[pooled], costs(*both, thresholds, c)[pooled]),
        ],
        "The threshold is right. Its cost is that of the validation sample, where it was chosen because it is low "
        "there. What does the test sample pay?": [(thresholds[v], on_val[v])],
        'The two costs are exchanged: c is the cost of a false hope, "rescued" of somebody who died.': [
            (thresholds[turned_val.argmin()], turned[turned_val.argmin()]),
            (thresholds[turned_val.argmin()], on_test[turned_val.argmin()]),
            (thresholds[v], turned[v]),
        ],
        "That is the threshold with the fewest mistakes. A false hope costs c times as much as the other one.": [
            (thresholds[equal], on_test[equal]),
            (thresholds[equal], costs(*test, thresholds, 1)[equal]),
        ],
        "The threshold is right. Its cost counts both mistakes alike: a false hope costs c.": [
            (thresholds[v], costs(*test, thresholds, 1)[v])
        ],
        'Who gets the letter "rescued"? Those with an output above the threshold.': [
            (thresholds[k := said_below[0].argmin()], said_below[1][k]),
            (thresholds[v], said_below[1][v]),
        ],
        "Both are costs. The first number that is wanted is the threshold.": [(on_val[v], on_test[v])],
        "The threshold is right, and the cost is rounded. Return all digits.": [
            (thresholds[v], np.round(on_test[v], 2))
        ],
        "That is the highest cost. The lowest one is wanted.": [
            (thresholds[on_val.argmax()], on_test[on_val.argmax()])
        ],
        "The cost is a sum over all passengers. Per passenger it is a mean.": [
            (thresholds[v], n * on_test[v]),
            (thresholds[v], len(validation[0]) * on_val[v]),
        ],
        "The cost is divided by the mistakes, or by a class. It is a cost per passenger of the whole sample.": [
            (thresholds[v], n * on_test[v] / max(1, sum(matrix(*test, thresholds[v])[1:3]))),
            (thresholds[v], n * on_test[v] / np.sum(test[1])),
            (thresholds[v], n * on_test[v] / np.sum(test[1] == 0)),
        ],
        "That is the place of the threshold in the list. Wanted is the threshold itself.": [(v, on_test[v])],
        "Only the false hopes are counted. A survivor whose family waits costs 1.": [
            (thresholds[k := costs(*validation, thresholds, c, 0).argmin()], costs(*test, thresholds, c, 0)[k]),
            (thresholds[v], costs(*test, thresholds, c, 0)[v]),
        ],
        "That is 1/2, which says that both mistakes cost the same.": [(thresholds[half], on_test[half])],
        "That is the rule c / (1 + c), and a good choice if the outputs are probabilities. Here the validation sample "
        "is to choose.": [(thresholds[rule], on_test[rule]), (c / (1 + c), on_test[rule])],
        "First the threshold, then the cost.": [(on_test[v], thresholds[v])],
    }
