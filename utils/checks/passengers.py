"""The passengers of exercise 08: the table, its three samples, and what is wrong with nets that were trained on it."""

import functools

import numpy as np

from utils import titanic
from utils.checks import digits

SEEDS, ENOUGH, TOO_GOOD = 5, 0.75, 0.87


@functools.cache
def samples():
    """Gives x (B, 8), filled and scaled as on the training sample, and y (B,) of the three samples of the notebook."""
    from sklearn.impute import SimpleImputer
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    df = titanic.load()
    columns = df[["Age", "SibSp", "Parch"]].assign(fare=np.log1p(df.Fare), woman=df.Sex == "female")
    columns = columns.assign(first=df.Pclass == 1, third=df.Pclass == 3)
    rest, test = train_test_split(np.arange(891), test_size=179, stratify=df.Survived, random_state=0)
    training, validation = train_test_split(rest, test_size=178, stratify=df.Survived[rest], random_state=0)
    pipeline = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    pipeline.fit(columns.iloc[training])
    y = df.Survived.to_numpy()
    return [(pipeline.transform(columns.iloc[rows]), y[rows]) for rows in (training, validation, test)]


def fault_of_list(accuracies, tested):
    """Finds what is wrong with a list of test accuracies.

    Args:
        accuracies: numbers, shape (N,).
        tested: the test accuracy of the model that was given with it.

    Returns:
        What is wrong and a hint, or None.
    """
    n = len(accuracies)
    (x, y), (_, y_val), (_, y_test) = samples()
    if n < SEEDS:
        what = f"Received: {n} accurac{'y' if n == 1 else 'ies'}, wanted {SEEDS} or more."
        return what, "One seed is one draw from the luck of a start. Train from several seeds, and keep each accuracy."
    if accuracies.min() < 0 or accuracies.max() > 1:
        return (
            f"Received: {digits(accuracies.max())} among them.",
            "An accuracy lies between 0 and 1: no percent, no loss.",
        )
    counts = accuracies * len(y_test)
    if np.abs(counts - np.rint(counts)).max() > 0.01:
        for labels, name in ((y_val, "validation"), (y, "training")):
            if np.abs(accuracies * len(labels) - np.rint(accuracies * len(labels))).max() < 0.01:
                what = f"These are shares of {len(labels)} passengers: the {name} sample."
                return what, "What did that sample do in the training, or in choosing? Report on the test sample."
        what = f"{digits(accuracies[0])} is no share of {len(y_test)} passengers."
        return what, "Is it a loss, or rounded? `np.mean((p > 0.5) == y_test)`, with p of shape (B,), is an accuracy."
    if np.ptp(accuracies) < 1e-9:
        what = f"All {n} are {digits(accuracies[0])}."
        return what, "Does each training begin from another seed, with a new model? Print one weight of each start."
    if np.abs(accuracies - tested).min() > 0.003:
        if np.abs(1 - accuracies - tested).min() < 0.003:
            return f"{digits(accuracies[0])} is the first.", "Is it the share of wrong answers? Right ones are wanted."
        what = f"The model has {tested:.3f} on the test sample, and that number is not in the list."
        return what, "Is the list about other models, or about other passengers? Give the model of the last training."
    if accuracies.min() < ENOUGH:
        what = f"One of the {n} nets is right for {accuracies.min():.3f} of the test sample, wanted {ENOUGH} or more."
        return what, "Each net has to have learned. Look at its training loss: did it fall, and was the net a new one?"
    if accuracies.max() >= TOO_GOOD:
        what = f"One of the {n} nets is right for {accuracies.max():.3f}: too good to be true for these columns."
        return what, "Were the test passengers among those it was fitted on?"
    return None


def fault_of_outputs(p, accuracy):
    """Finds what is wrong with a model that is right too seldom, or too often; None if nothing is."""
    (_, _), (_, _), (_, y) = samples()
    if p.min() < -0.01 or p.max() > 1.01:
        what = f"It gives {digits(p.min())} to {digits(p.max())} for the test passengers."
        return what, "An output outside of [0, 1] is no probability. Is a sigmoid missing at the end?"
    if accuracy < ENOUGH:
        what = f"The model is right for {accuracy:.3f} of the test sample, wanted {ENOUGH} or more."
        if accuracy < 0.3:
            return what, "It is nearly always wrong, so it has learned much. Are the labels exchanged?"
        if np.ptp(p) < 0.05:
            return what, "It says nearly the same of everybody. Has it been trained, and on what?"
        if abs(accuracy - np.mean(y == 0)) < 0.01:
            return what, '"Nobody survived" is as good. Print some outputs, and the loss after each epoch.'
        return what, "Print the validation loss of each epoch: does it fall, and does it rise again?"
    if accuracy >= TOO_GOOD:
        what = f"The model is right for {accuracy:.3f} of the test sample: too good to be true for these columns."
        return what, "Were the test passengers among those it was fitted on?"
    return None
