"""The events of lesson 07, H -> WW -> l nu l nu and WW -> l nu l nu: read, checked, and split in three samples."""

from pathlib import Path

import numpy as np
import pandas as pd

TABLE = Path(__file__).parents[1] / "lessons/assets/hww.csv.gz"

#: feature -> its name with the unit, for axes
FEATURES = {
    "pt_1": "pt of the first lepton (GeV)",
    "pt_2": "pt of the second lepton (GeV)",
    "eta_1": "eta of the first lepton",
    "eta_2": "eta of the second lepton",
    "m_ll": "mass of the lepton pair (GeV)",
    "pt_ll": "pt of the lepton pair (GeV)",
    "dphi_ll": "angle between the leptons (rad)",
    "deta_ll": "difference in eta",
    "met": "missing transverse momentum (GeV)",
    "m_t": "transverse mass (GeV)",
    "jets": "jets above 30 GeV",
    "same_flavour": "same flavour (1) or not (0)",
}
COLUMNS = ["signal", "weight", *list(FEATURES)[:-1], "flavours"]
#: the three samples: what each is for, and which part of the events it gets
FRACTIONS = {"train": 0.5, "choose": 0.25, "report": 0.25}


def load(path=TABLE):
    """Reads the events.

    Args:
        path: a CSV table with the columns `COLUMNS`.

    Returns:
        a table: `signal`, 1 or 0; `weight`, the events in 1/fb that a row stands for; and the `FEATURES`.

    Raises:
        ValueError: for other columns, missing values, or labels that are not 0 and 1.
    """
    table = pd.read_csv(path)
    if list(table.columns) != COLUMNS:
        raise ValueError(f"The columns are {', '.join(COLUMNS)}. Received: {', '.join(map(str, table.columns))}")
    if missing := int(table.isna().sum().sum()):
        raise ValueError(f"Every event has a value in every column. Received: {missing} missing")
    if set(table["signal"]) != {0, 1}:
        raise ValueError(f"`signal` is 0 or 1, and both are there. Received: {sorted(set(table['signal']))}")
    flavours = table.pop("flavours")
    if not set(flavours) <= {"ee", "em", "me", "mm"}:
        raise ValueError(f"`flavours` are two of e and m. Received: {sorted(set(flavours))}")
    table["same_flavour"] = (flavours.str[0] == flavours.str[1]).astype(int)
    return table


def split(table, fractions=None, seed=0):
    """Splits events at random into samples; in each, weights are divided by its fraction.

    So each sample stands for the whole 1/fb: sums of its weights estimate the same numbers of events. Signal and
    background are split apart, so that every sample has its part of both.

    Args:
        table: as `load` gives it.
        fractions: name -> part of the events, together 1; None: `FRACTIONS`.
        seed: of the split.

    Returns:
        dict name -> table.

    Raises:
        ValueError: for fractions that are not positive or do not add up to 1.
    """
    fractions = FRACTIONS if fractions is None else fractions
    if min(fractions.values()) <= 0 or not np.isclose(sum(fractions.values()), 1):
        raise ValueError(f"Fractions are above 0 and add up to 1. Received: {fractions}")
    rng = np.random.default_rng(seed)
    parts = {name: [] for name in fractions}
    for label in (1, 0):
        rows = rng.permutation(np.flatnonzero(table["signal"] == label))
        ends = np.rint(np.cumsum(list(fractions.values())) * len(rows)).astype(int)
        for name, part in zip(fractions, np.split(rows, ends[:-1]), strict=True):
            parts[name].append(part)
    samples = {name: table.iloc[np.concatenate(rows)] for name, rows in parts.items()}
    return {
        name: sample.assign(weight=sample["weight"] / fractions[name]).reset_index(drop=True)
        for name, sample in samples.items()
    }
