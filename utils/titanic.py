"""The passengers of lesson 08, and its pipeline from their table to columns of numbers."""

from pathlib import Path

import numpy as np

TABLE = Path(__file__).parents[1] / "lessons/assets/train.csv"

#: what a model may see; the others are numbers of tickets and cabins, and names
FEATURES = ["Pclass", "Sex", "Age", "SibSp", "Parch", "Fare", "Embarked"]


def load(path=TABLE):
    """Reads the passengers: a table with the column `Survived` and the `FEATURES`."""
    import pandas as pd

    return pd.read_csv(path)[["Survived", *FEATURES]]


def to_numbers():
    """Makes the pipeline of lesson 08, to be fitted on a training sample; it fills holes, scales, and codes words."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

    fill = SimpleImputer(strategy="median", add_indicator=True)
    number = make_pipeline(fill, StandardScaler())
    fare = make_pipeline(FunctionTransformer(np.log1p), number)
    word = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(sparse_output=False))
    columns = [(number, ["Age", "SibSp", "Parch"]), (fare, ["Fare"])]
    return make_column_transformer(*columns, *[(word, [name]) for name in ("Sex", "Pclass", "Embarked")])
