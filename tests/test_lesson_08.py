"""Lesson 08, Titanic: its formulas and every number of its text, against other ways to them."""

import functools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.metrics import precision_score, recall_score, roc_auc_score
from threadpoolctl import threadpool_limits

from tests import cells
from tests.built_book import ROOT
from tests.cells import reading, said
from tests.nets import float64
from tests.test_titanic_table import others

LESSON = "08_titanic"
run_cells, text = (functools.partial(of, LESSON) for of in (cells.run_cells, cells.text))


@pytest.fixture(scope="module")
def lesson():
    with pytest.MonkeyPatch.context() as patch, float64():
        patch.chdir(ROOT / "lessons")
        yield run_cells(cells.code_of(LESSON)[:-1])  # the last one is the same net by `model.fit`


# --- the table and its samples ----------------------------------------------------------------------------------------


def test_the_lecture_s_cell_stands_word_for_word():
    assert cells.cells_of(LESSON)["read"].splitlines() == [
        "df = pd.read_csv('assets/train.csv')  # fmt: skip",
        "df.head()",
    ]


def test_the_samples_are_apart_and_have_the_same_share_of_survivors(lesson):
    for split in lesson["SPLITS"]:
        assert [len(rows) for rows in split] == [534, 178, 179]
        assert sorted(np.concatenate(split)) == list(range(891))
        assert np.ptp([lesson["df"].Survived[rows].mean() for rows in split]) < 0.004
    tests = [set(rows) for _, _, rows in lesson["SPLITS"]]
    shared = [len(a & b) / 179 for k, a in enumerate(tests) for b in tests[:k]]
    assert np.mean(shared) == pytest.approx(0.2, abs=0.01)  # "a fifth of their passengers"


def test_wilson_agrees_with_scipy(lesson):
    for k, n in [(0, 5), (3, 3), (2, 2), (51, 52), (136, 183)]:
        theirs = binomtest(k, n).proportion_ci(confidence_level=0.6826894921370859, method="wilson")
        assert lesson["wilson"](k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert lesson["wilson"](2, 2)[0] == pytest.approx(0.67, abs=0.005)


def shares(lesson, feature, sex=None):
    seen = lesson["seen"]
    names, n, k = lesson["counted"](feature, seen.Sex.notna() if sex is None else seen.Sex == sex)
    return {name: (a, b) for name, a, b in zip(names, k, n, strict=True)}


def test_who_survived(lesson):
    known = shares(lesson, "age known?")
    assert known["known"][0] / known["known"][1] == pytest.approx(0.41, abs=0.005)
    assert known["not known"][0] / known["not known"][1] == pytest.approx(0.27, abs=0.005)
    for sex in ("male", "female"):
        k, n = np.transpose(list(shares(lesson, "age known?", sex).values()))
        assert k[0] / n[0] > k[1] / n[1] + 0.09
    assert shares(lesson, "age", "male")["0–6"] == (10, 15)
    assert shares(lesson, "age", "female")["0–6"] == (7, 11)
    assert lesson["wilson"](7, 11) == pytest.approx((0.49, 0.76), abs=0.005)
    assert shares(lesson, "age", "female")["60–81"] == (2, 2)
    assert [round(float(k / n), 2) for k, n in shares(lesson, "sex").values()] == [0.74, 0.20]
    reach = {}
    for feature in lesson["GROUPS"]:
        for sex in (None, "female", "male"):
            rates = [k / n for k, n in shares(lesson, feature, sex).values() if n]
            reach[feature, sex] = min(rates), max(rates)
    apart = {feature: high - low for (feature, sex), (low, high) in reach.items() if sex is None and feature != "sex"}
    assert max(apart, key=apart.get) == "fare"
    assert reach["fare", None] == pytest.approx((0.21, 0.72), abs=0.005)
    for sex in ("female", "male"):
        assert np.ptp(reach["fare", sex]) == pytest.approx(0.35, abs=0.01)
    assert reach["class", "female"] == pytest.approx((0.49, 0.98), abs=0.006)
    assert "60–81, 2 of 2, 1.00 to 1.00" in reading(lesson["who_survived"], "age", True, "plain")
    assert "60–81, 2 of 2, 0.67 to 1.00" in reading(lesson["who_survived"], "age", True, "Wilson")


def test_the_pipeline_knows_the_training_sample_only(lesson):
    df, rows = lesson["df"], lesson["training"]
    x = lesson["pipeline"].transform(df)
    ages = df.Age.fillna(df.Age[rows].median())
    assert x[:, 0] == pytest.approx((ages - ages[rows].mean()) / ages[rows].std(ddof=0), abs=1e-9)
    fares = np.log1p(df.Fare)
    assert x[:, 4] == pytest.approx((fares - fares[rows].mean()) / fares[rows].std(ddof=0), abs=1e-9)
    assert x.shape[1] == 13
    assert lesson["net"].count_params() == 13 * 32 + 32 + 32 * 32 + 32 + 33
    changed = df.assign(Age=df.Age.where(df.index.isin(rows), 99.0))  # what the others are like does not matter
    assert np.array_equal(lesson["to_numbers"]().fit(changed.iloc[rows]).transform(df), x)


# --- four models ------------------------------------------------------------------------------------------------------


def test_the_scores_of_the_four_models(lesson):
    scores = lesson["SCORES"]
    mean = {name: (scores["accuracy"][name].mean(), scores["AUC"][name].mean()) for name in lesson["NAMES"]}
    assert mean["women survive"] == pytest.approx((0.790, 0.771), abs=0.0006)
    assert mean["logistic"] == pytest.approx((0.804, 0.857), abs=0.001)
    assert mean["trees"] == pytest.approx((0.830, 0.871), abs=0.002)
    assert mean["net"] == pytest.approx((0.820, 0.868), abs=0.003)
    apart = np.abs(np.subtract.outer(*[[scores["accuracy"][name].mean() for name in lesson["NAMES"]]] * 2))
    assert (apart[apart > 0].min(), apart.max()) == pytest.approx((0.01, 0.04), abs=0.003)
    long = lesson["OUTPUT"]["net, trained too long"]
    auc = [roc_auc_score(y, p) for y, p in zip(lesson["SURVIVED"], long, strict=True)]
    assert np.mean(auc) == pytest.approx(0.835, abs=0.003)
    fall = scores["accuracy"]["net"].mean() - ((long > 0.5) == lesson["SURVIVED"]).mean()
    assert fall == pytest.approx(0.02, abs=0.005)
    spread = [scores["accuracy"][name].std(ddof=1) for name in lesson["NAMES"]]
    assert np.allclose(spread, 0.02, atol=0.0045)


def test_the_auc_is_the_probability_of_the_right_order(lesson):
    p, survived = lesson["OUTPUT"]["net"][0], lesson["SURVIVED"][0] == 1
    pairs = p[survived][:, None] - p[~survived]
    assert lesson["SCORES"]["AUC"]["net"][0] == pytest.approx(np.mean(pairs > 0) + np.mean(pairs == 0) / 2, abs=1e-9)


def test_the_paired_differences(lesson):
    a, b, trees = (lesson["SCORES"]["accuracy"][name] for name in ("net", "women survive", "trees"))
    mean, naive, honest = lesson["mean_difference"](a, b)
    assert (mean, honest) == pytest.approx((0.030, 0.012), abs=0.001)
    assert honest / naive == pytest.approx(np.sqrt(1 + 20 * 179 / 712), abs=1e-9)
    assert honest / naive == pytest.approx(2.5, abs=0.05)
    assert np.sqrt((1 / 20 + 179 / 534) / (1 / 20 + 179 / 712)) == pytest.approx(1.13, abs=0.005)
    five = lesson["mean_difference"](a[:5], b[:5])
    assert five[2] / five[1] == pytest.approx(1.5, abs=0.01)
    assert mean / honest == pytest.approx(2.5, abs=0.2)
    assert mean / naive == pytest.approx(6, abs=0.5)
    assert np.sum(a > b) == 17
    unpaired = np.hypot(a.std(ddof=1), b.std(ddof=1))
    assert (np.std(a - b, ddof=1), unpaired) == pytest.approx((0.023, 0.032), abs=0.0007)
    assert unpaired * np.sqrt(1 / 20 + 179 / 712) == pytest.approx(0.018, abs=0.0006)
    assert (np.sum(a > trees), np.sum(np.isclose(a, trees))) == (5, 4)
    assert lesson["mean_difference"](a, trees)[::2] == pytest.approx((-0.010, 0.013), abs=0.001)
    auc = [lesson["SCORES"]["AUC"][name] for name in ("net", "women survive")]
    assert lesson["mean_difference"](*auc)[::2] == pytest.approx((0.096, 0.011), abs=0.001)


def test_on_418_other_passengers(lesson):
    rest = others(lesson["df"])
    y = rest.Survived.to_numpy()
    p = lesson["nets"].predict(np.stack([fitted.transform(rest) for fitted in lesson["pipelines"]]))[..., 0]
    right, women = (p > 0.5) == y, (rest.Sex == "female").to_numpy() == y
    assert right.mean() == pytest.approx(0.763, abs=0.001)
    difference = right.mean(axis=0) - women  # of each passenger, averaged over the twenty nets
    assert (difference.mean(), difference.std(ddof=1) / np.sqrt(418)) == pytest.approx((-0.003, 0.013), abs=0.001)
    seeds = (lesson["SEEDED"][0.2].predict(lesson["pipelines"][0].transform(rest), epoch=20)[..., 0] > 0.5) == y
    best = seeds[lesson["accuracy"].argmax()].mean()  # the one that is chosen by the test sample
    assert (best, seeds.mean()) == pytest.approx((0.749, 0.751), abs=0.003)
    with threadpool_limits(1):
        for name, accuracy in (("trees", 0.763), ("logistic", 0.758)):
            rows = [lesson["df"].iloc[training] for training, *_ in lesson["SPLITS"]]
            models = [lesson[name]().fit(part[lesson["FEATURES"]], part.Survived) for part in rows]
            assert np.mean([m.score(rest[lesson["FEATURES"]], y) for m in models]) == pytest.approx(
                accuracy, abs=0.0015
            )


# --- what if ----------------------------------------------------------------------------------------------------------


def test_what_ifs(lesson):
    what_if = lesson["what_if"]
    pattern = r"say ([\d.]+), ([\d.]+) to ([\d.]+), the logistic regression ([\d.]+)"
    assert said(pattern, reading(what_if, 3, "male", 35, 8))[0] == pytest.approx(0.11, abs=0.01)
    dear = reading(what_if, 3, "male", 35, 80)
    assert said(pattern, dear) == pytest.approx((0.30, 0.23, 0.50, 0.16), abs=0.015)
    assert dear.endswith("alike in the training sample: 2, of whom 2 survived.")
    girl = reading(what_if, 1, "female", 4, 8)
    assert said(pattern, girl)[:3] == pytest.approx((0.97, 0.91, 0.99), abs=0.015)
    assert girl.endswith("alike in the training sample: nobody.")
    seen = lesson["seen"]
    near = lesson["alike"](seen[(seen.Pclass == 3) & (seen.Sex == "male")], 35, 80)[2]
    assert set(near.Ticket) == {"1601"}
    assert near.Fare.tolist() == pytest.approx([56.5, 56.5], abs=0.01)
    assert len(lesson["df"][lesson["df"].Ticket == "1601"]) == 7
    third = lesson["df"][(lesson["df"].Pclass == 3) & (lesson["df"].Sex == "male") & (lesson["df"].Fare > 50)]
    assert third.Ticket.map(lesson["df"].Ticket.value_counts()).min() > 1  # all of them tickets of groups


def test_how_many_what_ifs_are_about_nobody(lesson):
    seen, stops = lesson["seen"], lesson["STOPS"]
    alike = [len(lesson["alike"](seen[(seen.Pclass == c) & (seen.Sex == s)], a, f)[2]) for c, s, a, f in stops]
    assert (len(stops), alike.count(0)) == (54, 31)
    width = {stop: np.ptp(lesson["SAID"][stop][0][:, -1]) for stop in stops}
    assert max(width, key=width.get) == (1, "male", 4, 8)
    p = lesson["SAID"][1, "male", 4, 8][0][:, -1]
    assert (p.min(), p.max()) == pytest.approx((0.35, 0.92), abs=0.01)


def test_what_the_figure_shows_is_what_the_nets_say(lesson):
    passenger = pd.DataFrame(
        [{"Pclass": 2, "Sex": "female", "Age": 35, "Fare": 26, "SibSp": 0, "Parch": 0, "Embarked": "S"}]
    )
    x = lesson["pipelines"][0].transform(passenger)
    p = lesson["SEEDED"][0.2].predict(x, epoch=20)[:, 0, 0]
    assert lesson["SAID"][2, "female", 35, 26][0][:, -1] == pytest.approx(p, abs=1e-9)
    net = lesson["SEEDED"][0.2].load(lesson["small_net"](), net=3, epoch=20)
    assert p[3] == pytest.approx(float(np.array(net(x))[0, 0]), abs=1e-9)


# --- decisions --------------------------------------------------------------------------------------------------------


def test_the_cost_has_its_minimum_at_the_rule_where_outputs_are_probabilities(lesson):
    rng = np.random.default_rng(0)
    p = rng.uniform(size=400_000)
    survived = (rng.uniform(size=p.size) < p).astype(int)
    for c in (1, 3, 9):
        best = lesson["THRESHOLDS"][lesson["costs"](p, survived, c).argmin()]
        assert best == pytest.approx(c / (1 + c), abs=0.03)


def test_the_threshold_figure_agrees_with_scikit_learn(lesson):
    for sample in ("validation", "test"):
        p, survived = lesson["KEPT"][sample]
        for t in (0.1, 0.5, 0.8, 0.9):
            says = reading(lesson["a_threshold"], t, 9, sample)
            wanted = precision_score(survived, p > t), recall_score(survived, p > t)
            assert said(r"precision ([\d.]+), recall ([\d.]+)", says) == pytest.approx(wanted, abs=0.0051)
    p, survived = lesson["KEPT"]["validation"]
    assert [(survived[p > t].sum(), (p > t).sum()) for t in (0.8, 0.9)] == [(37, 40), (30, 33)]
    paid = {t: lesson["cost"](p, survived, t, 9) for t in (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9)}
    assert min(paid, key=paid.get) == 0.8
    assert paid[0.8] == pytest.approx(0.33, abs=0.005)
    assert lesson["cost"](*lesson["KEPT"]["test"], 0.8, 9) == pytest.approx(0.31, abs=0.005)
    chosen = lesson["costs"](p, survived, 9).argmin()
    both = [lesson["costs"](*lesson["KEPT"][sample], 9)[chosen] for sample in ("validation", "test")]
    assert both == pytest.approx([0.30, 0.30], abs=0.006)


def test_the_table_of_thresholds(lesson):
    rows = {}
    for c in (1, 3, 9):
        on_val = lesson["costs"](lesson["P_VAL"], lesson["y_val"][..., 0], c)
        on_test = lesson["costs"](lesson["OUTPUT"]["net"], lesson["SURVIVED"], c)
        assert on_val.shape == on_test.shape == (20, 49)
        rule = lesson["cost"](lesson["OUTPUT"]["net"], lesson["SURVIVED"], c / (1 + c), c).mean()
        half = lesson["cost"](lesson["OUTPUT"]["net"], lesson["SURVIVED"], 0.5, c).mean()
        chosen = on_test[np.arange(20), on_val.argmin(axis=1)].mean()
        rows[c] = on_val.min(axis=1).mean(), chosen, rule, half, on_test.min(axis=1).mean()
    assert rows[9] == pytest.approx((0.259, 0.323, 0.313, 0.678, 0.269), abs=0.003)
    assert [abs(chosen - rule) for _, chosen, rule, *_ in rows.values()] == pytest.approx(
        [0.001, 0.003, 0.010], abs=0.002
    )
    assert 2 < rows[9][3] / rows[9][2] < 2.3  # "more than twice as much"
    for validation, chosen, _, _, flattered in rows.values():
        assert validation < chosen
        assert flattered < chosen


def test_calibration(lesson):
    stopped, long = (lesson["calibration"](name, 20, 10) for name in ("net", "net, trained too long"))
    p, share, low, high, size = long
    assert (p[-1], share[-1], size[-1]) == pytest.approx((0.98, 0.86, 0.23), abs=0.01)
    assert (p[0], share[0]) == pytest.approx((0.04, 0.14), abs=0.01)
    for (p, share, low, high, size), points, distance in ((stopped, 6, 0.033), (long, 8, 0.095)):
        assert size.sum() == pytest.approx(1, abs=1e-9)
        assert np.sum((p < low) | (p > high)) == points
        assert np.sum(size * np.abs(p - share)) == pytest.approx(distance, abs=0.002)
    for name, wanted in (("net", (3, 10)), ("net, trained too long", (7, 9))):
        p, share, low, high, size = lesson["calibration"](name, 1, 10)
        assert (np.sum((p < low) | (p > high)), len(p)) == wanted
    p, share, *_, size = lesson["calibration"]("net", 20, 5)
    assert np.sum(size * np.abs(p - share)) == pytest.approx(0.013, abs=0.002)


def test_learning_curves(lesson):
    pattern = r"validation loss ([\d.]+).*right for ([\d.]+).*; (\d+)%"
    for stop, wanted in [((5, 0.0), (0.403, 0.833, 10)), ((100, 0.0), (0.735, 0.789, 57))]:
        loss, right, sure = said(pattern, reading(lesson["learning_curves"], *stop))
        assert (loss, right) == pytest.approx(wanted[:2], abs=0.004)
        assert sure == pytest.approx(wanted[2], abs=1)
    right = [np.mean((lesson["OUT"][0.0, e] > 0.5) == lesson["ALIVE"]) for e in (5, 100)]
    assert (right[0] - right[1]) * 178 == pytest.approx(8, abs=0.5)
    medians = {rate: np.median(runs.val_loss, axis=0) for rate, runs in lesson["SEEDED"].items()}
    assert [m.min() for m in medians.values()] == pytest.approx([0.400, 0.398, 0.396, 0.405], abs=0.001)
    assert [m.argmin() + 1 for m in medians.values()] == [6, 15, 26, 100]
    for rate, epoch in ((0.0, 5), (0.2, 10), (0.5, 20)):
        assert medians[rate][epoch - 1] <= 0.4034
    assert medians[0.8].min() > 0.4034
    spread = [
        np.ptp(runs.val_loss[:, m.argmin()])
        for runs, m in zip(lesson["SEEDED"].values(), medians.values(), strict=True)
    ]
    assert min(spread) > 0.405 - 0.396  # the bands are wider than the differences


# --- break it ---------------------------------------------------------------------------------------------------------


def test_four_ways_to_fool_oneself(lesson):
    assert np.array_equal(lesson["honest"], lesson["leaky"])
    with threadpool_limits(1):
        leaky = [lesson["noise_accuracy"](a, b, np.arange(891)) for a, _, b in lesson["SPLITS"]]
        fair = [lesson["noise_accuracy"](a, b, a) for a, _, b in lesson["SPLITS"]]
    assert (np.mean(leaky), np.mean(fair)) == pytest.approx((0.66, 0.52), abs=0.005)
    df = lesson["df"]
    assert df.Survived.groupby(df.Age.notna()).mean().tolist() == pytest.approx([0.29, 0.41], abs=0.006)
    right, with_age = lesson["right"], lesson["with_age"]
    assert (right.mean(), right[with_age].mean()) == pytest.approx((0.820, 0.811), abs=0.003)
    assert lesson["accuracy"].max() - lesson["accuracy"].mean() == pytest.approx(0.03, abs=0.003)


def test_the_numbers_of_the_prose_are_the_printed_ones():
    assert "0.030 ± 0.012" in text("versus-after", "summary")
    assert "-0.003 ± 0.013" in text("versus-after", "summary")
    assert "31 of the 54 stops" in text("whatif-after")
    assert binomtest(143, 179).statistic == pytest.approx(0.8, abs=0.002)
    assert np.std(np.arange(179) < 143) / np.sqrt(179) == pytest.approx(0.030, abs=0.0002)
