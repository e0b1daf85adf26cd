"""A small search with real nets, exercise 09: its samples, and what is wrong with what a student reports of it."""

import numpy as np

from utils.checks.budget import rate_of
from utils.checks.fitted import classifier
from utils.checks.passengers import samples

RATES, SEEDS, DECADES = 3, 2, 2
GOOD, TOO_GOOD = 0.8, 0.95


def area(p, y):
    """The area under the ROC curve of outputs p, shape (B,), for labels y, shape (B,): equal outputs count one half."""
    signal, background = p[y == 1][:, None], p[y == 0]
    return float(np.mean((signal > background) + 0.5 * (signal == background)))


def outputs(model):
    """Gives what a model, an `Answer`, says of the three samples: a list of outputs, shape (B,) each."""
    together = np.concatenate([x for x, _ in samples()])
    p, _ = classifier(model, together)
    return np.split(p, np.cumsum([len(x) for x, _ in samples()])[:2])


def fault_of_rates(rates):
    """Finds what is wrong with the rates that were tried, shape (R,): what and a hint, or None."""
    n = len(rates)
    if n < RATES:
        what = f"Received: {n} learning rate{'s' if n != 1 else ''}, wanted {RATES} or more."
        return what, "What can be compared where little was tried?"
    if rates.min() <= 0:
        return f"One learning rate is {rates.min():.3g}.", "Are these exponents? A rate is larger than 0."
    ordered = np.sort(rates)
    if ordered[0] == ordered[-1] or np.any(np.diff(ordered) == 0):
        return "A learning rate is in the list twice.", "Each rate has one row; its seeds stand in the columns."
    if ordered[0] > 0.3 and ordered[-1] <= 1:
        what = f"The learning rates reach from {ordered[0]:.3g} to {ordered[-1]:.3g}."
        return what, "Are these AUCs? The rates come first, and the table second."
    if ordered[-1] / ordered[0] < 0.999 * 10**DECADES:
        what = f"They reach from {ordered[0]:.3g} to {ordered[-1]:.3g}, wanted a factor of 100 or more."
        return what, "Good rates differ by powers of ten from one task to the next: begin wide."
    factors = ordered[1:] / ordered[:-1]
    if factors.max() > 30.01 and np.log(factors.max()) > 3 * np.log(factors.min()):
        what = f"From one rate to the next the factor is {factors.min():.3g} here and {factors.max():.3g} there."
        return what, "Decades stay empty, as with equal steps on a linear axis. Take about equal factors, as in task 1."
    return None


def fault_of_table(table, n):
    """Finds what is wrong with a table of validation scores, (n rates, seeds): what and a hint, or None."""
    shape = table.shape
    if table.ndim != 2 or shape[0] != n:
        what = f"The table has the shape {shape}, wanted ({n}, seeds): a row for each rate."
        if shape[::-1][:1] == (n,) and table.ndim == 2:
            return what, "Rows and columns are exchanged: `.T` turns the table."
        if shape == (n,):
            return what, "One number for each rate: is that one seed, or already a mean? Keep each seed's score."
        return what, "Print it. Each row holds the scores of one rate, one for each seed."
    if shape[1] < SEEDS:
        return f"{shape[1]} seed for each rate.", "One seed is one draw: a lucky start is taken for a good rate."
    if table.min() < 0 or table.max() > 1:
        return f"{table.max():.3g} is among them.", "An AUC lies between 0 and 1: no percent, no loss."
    if np.all(np.ptp(table, axis=1) < 1e-9):
        hint = "Does each training begin from another seed, with a new model? Print one weight of each start."
        return "All seeds of a rate have the same score.", hint
    if np.all(np.ptp(table, axis=0) < 1e-9):
        return "All rates have the same scores.", "Is the learning rate given to the optimiser of each new model?"
    return None


def fault_of_choice(model, p, rates, table):
    """Finds what is wrong with the model that was chosen: what and a hint, or None.

    Args:
        model: what the student gave.
        p: its outputs for the three samples.
        rates, table: what was tried, shape (R,), and the validation scores, shape (R, S).
    """
    y = [labels for _, labels in samples()]
    validation, test = area(p[1], y[1]), area(p[2], y[2])
    if validation < 0.3:
        what = f"The model has a validation AUC of {validation:.3f}."
        return what, "It has learned the contrary, or nothing. Which label is 1, and was this model fitted?"
    if min(validation, test) > TOO_GOOD:
        what = f"The model has an AUC of {validation:.3f} on the validation and {test:.3f} on the test sample."
        return what, "That is too good to be true for these columns. Which passengers was it fitted on?"
    best = table.mean(axis=1).argmax()
    distance = np.abs(table - validation).min(axis=1)
    if distance.min() > 2e-3:
        accuracy = np.mean((p[1] > 0.5) == y[1])
        what = f"The model has a validation AUC of {validation:.3f}, and that number is not in the table."
        if np.abs(table - accuracy).min() < 2e-3:
            return what, "Its accuracy is. Here the AUC is compared: `roc_auc_score(y, outputs)`."
        if np.abs(table - test).min() < 2e-3:
            return what, "Its test AUC is: the test sample must not choose. Score on the validation sample."
        if np.abs(table - area(p[0], y[0])).min() < 2e-3:
            return what, "Its training AUC is: what a net has seen praises every net. Score on the validation sample."
        if np.abs(table - area((p[1] > 0.5) * 1.0, y[1])).min() < 2e-3:
            return what, "That of its yes and no is. The AUC wants the outputs themselves, not rounded."
        q = np.clip(p[1], 1e-7, 1 - 1e-7)
        if np.abs(table + np.mean(np.log(np.where(y[1] == 1, q, 1 - q)))).min() < 5e-3:
            return what, "Its validation loss is, and of losses the smallest is best. Here the AUC is compared."
        if np.abs(table + validation - 1).min() < 2e-3:
            return what, "1 minus it is. The labels come first, `roc_auc_score(y_val, p)`, and p is for label 1."
        for places in (1, 2):
            if np.allclose(table, table.round(places)) and distance.min() <= 0.51 * 10.0**-places:
                return what, "The table is rounded. Give all digits, and round where you print."
        return what, "Keep the model of each training, or train the chosen one again from a seed that is in the table."
    rate = rate_of(model)
    found = int(distance.argmin())
    if np.isfinite(rate) and np.isclose(rates, rate, rtol=1e-3).any() and distance[best] > 2e-3:
        found = int(np.isclose(rates, rate, rtol=1e-3).argmax())
    if distance[best] > 2e-3:
        what = (
            f"The model has the rate {rates[found]:.3g}, whose mean over seeds is {table[found].mean():.3f}. "
            f"The rate {rates[best]:.3g} has {table[best].mean():.3f}."
        )
        if found == table.max(axis=1).argmax():
            return what, "Was it the best single net? One lucky start chose it: compare the means."
        if found == table[:, 0].argmax():
            return what, "Was it the best of the first seed? Compare the means."
        if found == table.mean(axis=1).argmin():
            return what, "That is the lowest mean. A larger AUC is better: `argmax`."
        if found == len(rates) - 1:
            return what, "Is it the last model of the loop? Keep the model of the best rate."
        return what, "What chose this rate? The mean over the seeds of the validation scores has to."
    if table[best].mean() < GOOD:
        what = f"The best rate has a mean validation AUC of {table[best].mean():.3f}, wanted {GOOD} or more."
        return what, "The best rate may lie at the edge of what you tried: try larger ones, or train longer."
    if p[1].min() < -0.01 or p[1].max() > 1.01:
        what = f"The outputs reach from {p[1].min():.3g} to {p[1].max():.3g}, and a probability from 0 to 1."
        return what, "The AUC does not notice, since it looks at the order alone. Is a sigmoid missing at the end?"
    if _constant(model) and not np.isclose(rate, rates[best], rtol=1e-2):
        what = f"The model was trained with the rate {rate:.3g}. Its row in the table is that of {rates[best]:.3g}."
        if np.isclose(rates, rate, rtol=1e-2).any():
            return what, "Do the rates stand in the same order as the rows?"
        return what, "Is the rate given to the optimiser? `compile` without it takes the default, 0.001 for Adam."
    return None


def _constant(model):
    """Tells whether `fit` has trained a model with one rate from the first epoch to the last."""
    record = getattr(getattr(model, "history", None), "history", None)
    planned = callable(getattr(getattr(model, "optimizer", None), "_learning_rate", None))  # a schedule
    return bool(record) and "learning_rate" not in record and not planned and np.isfinite(rate_of(model))


def fault_of_report(test_auc, p, table):
    """Finds what is wrong with the test AUC that was reported: what and a hint, or None."""
    y = [labels for _, labels in samples()]
    training, validation, test = (area(outputs, labels) for outputs, labels in zip(p, y, strict=True))
    if abs(test_auc - test) < 2e-3:
        return None
    what = f"Reported: {test_auc:.3f}. The model has {test:.3f} on the test sample."
    means = table.mean(axis=1)
    if min(abs(test_auc - validation), abs(test_auc - means.max()), abs(test_auc - table.max())) < 2e-3:
        return what, "That is the validation score, which has chosen, so it is too good on average. Report the test."
    if abs(test_auc - training) < 2e-3:
        return what, "That is the training sample, which the net has seen. Report the test."
    if abs(test_auc - np.mean((p[2] > 0.5) == y[2])) < 2e-3:
        return what, "That is the accuracy. The AUC is wanted: `roc_auc_score(y_test, outputs)`."
    if abs(test_auc - area((p[2] > 0.5) * 1.0, y[2])) < 2e-3:
        return what, "That is the AUC of yes and no. It wants the outputs themselves, not rounded."
    if abs(1 - test_auc - test) < 2e-3:
        return what, "That is 1 minus the AUC: are its arguments right? `roc_auc_score(y_test, outputs)`."
    if abs(test_auc - 100 * test) < 0.2:
        return what, "These are percent. An AUC lies between 0 and 1."
    if abs(test_auc - round(test, 2)) < 1e-9 or abs(test_auc - round(test, 1)) < 1e-9:
        return what, "It is rounded. Give all digits, and round where you print."
    return what, "Is it the best test score of all nets, their mean, or that of another net? Report that of the model."
