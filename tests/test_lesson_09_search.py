"""Lesson 09, the search for hyper-parameters: its rule, its table, its searches and every number of its text."""

import functools
import itertools
import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from tests import cells
from tests.built_book import ROOT
from tests.cells import reading, said
from tools.record_tries import line
from utils.search import command
from utils.search.table import FULL, GRID, METHODS, RUNGS, Table, search, winners

LESSON = "09_software_gpus_hyperparameters"
ASSETS = ROOT / "lessons/assets"
DATA = ("events", "titanic")
text = functools.partial(cells.text, LESSON)
TRAINS = ("live-search",)  # these nets are trained where the notebook is tested


@pytest.fixture(scope="module")
def lesson():
    names = cells.code_of(LESSON)
    names = names[names.index("search-setup") :]
    ours = names[: names.index("summary-show") + 1]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT / "lessons")
        yield cells.run_cells(LESSON, ["setup", *(name for name in ours if name not in TRAINS)])


@functools.cache
def read(name):
    return pd.read_csv(ASSETS / f"{name}.csv", comment="#")


# --- the rule ---------------------------------------------------------------------------------------------------------


def test_a_difference_and_its_error_are_those_of_welch(lesson):
    rng = np.random.default_rng(0)
    a, b = rng.normal(0.9, 0.003, 8), rng.normal(0.902, 0.001, 64)
    difference, error, _ = lesson["apart"](a, b)
    assert difference / error == pytest.approx(ttest_ind(a, b, equal_var=False).statistic)


@pytest.mark.parametrize(
    ("difference", "noise", "counts"),
    [(0.0030, 0.001, True), (0.0030, 0.006, False), (0.0015, 0.0001, False), (-0.0030, 0.001, True)],
)
def test_a_difference_counts_above_two_errors_and_above_two_thousandths(lesson, difference, noise, counts):
    a, b = (np.array([-1.0, 1.0] * 4) * noise for _ in range(2))
    assert lesson["apart"](a + 0.9 + difference, b + 0.9)[2] == counts
    expected = "no difference" if not counts else "holds" if difference > 0 else "does not hold"
    assert lesson["verdict"](a + 0.9 + difference, b + 0.9) == expected


def test_one_net_alone_has_no_error_of_its_own(lesson):
    assert lesson["apart"](np.array([0.91]), np.array([0.9]))[1] == 0


# --- one hyper-parameter at a time ------------------------------------------------------------------------------------


def of_file(data, name, value):
    """Scores of the nets in the file, read another way than in the lesson."""
    rows = read("axes").query("data == @data and name == @name").copy()
    return rows[[str(v).lower() == value or number(v) == number(value) for v in rows.value]].validation.to_numpy()


def number(value):
    try:
        return float(value)
    except ValueError:
        return value


def test_every_value_has_eight_nets_and_the_start_64():
    axes = read("axes")
    sizes = axes.groupby(["data", "name", "value"]).size()
    assert (sizes.xs("start", level="name") == 64).all()
    assert (sizes.drop("start", level="name") == 8).all()
    assert set(axes.data) == set(DATA)


def test_the_nets_of_a_value_are_those_of_the_file(lesson):
    nets = lesson["nets"]
    for data in DATA:
        for name, value in [("width", "256"), ("learning rate", "1e-5"), ("dropout", "0.25"), ("optimizer", "sgd")]:
            assert nets(data, name, value) == pytest.approx(of_file(data, name.replace(" ", "_"), value))
        assert nets(data, "batch norm", "on") == pytest.approx(of_file(data, "batch_norm", "true"))
        assert nets(data, "epochs", "by-loss") == pytest.approx(of_file(data, "early_stopping", "true"))
        assert nets(data, "early stopping", "off") == pytest.approx(of_file(data, "epochs", "100"))
        assert len(nets(data, "width", "64")) == len(nets(data, "batch norm", "off")) == 64


def test_no_value_of_the_file_is_left_out_of_the_claims(lesson):
    for name, (_, advised, others, _) in lesson["CLAIMS"].items():
        if name not in ("early stopping", "epochs"):
            there = read("axes").query(f"name == '{name.replace(' ', '_')}'").value.nunique()
            assert len(advised.split() + others.split()) == there, name
        for data, value in itertools.product(DATA, advised.split() + others.split()):
            assert len(lesson["nets"](data, name, value)) in (8, 64), (name, value)


def test_a_reading_says_the_gain_of_the_best_value(lesson):
    for data, name, column in (("events", "width", "width"), ("titanic", "dropout", "dropout")):
        rows = read("axes")[read("axes").data == data]
        start = rows[rows.name == "start"].validation.mean()
        means = rows[rows.name == column].groupby("value").validation.mean()
        top, gain = said(r", (0\.\d+) by validation, ([+-]0\.\d+) ±", reading(lesson["one_at_a_time"], data, name))
        assert top == pytest.approx(means.max(), abs=6e-5)
        assert gain == pytest.approx(means.max() - start, abs=6e-5)
    assert "is 1, 0.9143 by validation, and the start has it." in reading(lesson["one_at_a_time"], "events", "depth")


def verdicts(lesson, data):
    """hyper-parameter -> what the validation and the test sample say."""
    return {
        name: tuple(lesson["verdict"](*lesson["pair"](data, name, sample)) for sample in ("validation", "test"))
        for name in lesson["CLAIMS"]
    }


def test_the_two_samples_agree_on_the_events(lesson):
    says = verdicts(lesson, "events")
    holds = {"depth", "activation", "learning rate", "batch norm"}
    assert says == {name: ("holds" if name in holds else "no difference",) * 2 for name in lesson["CLAIMS"]}


def test_the_two_samples_disagree_on_the_titanic(lesson):
    says = verdicts(lesson, "titanic")
    agreed = {name: a for name, (a, b) in says.items() if a == b}
    assert agreed == {"activation": "holds", "optimizer": "no difference", "dropout": "no difference"}
    turned = {name for name, both in says.items() if both == ("holds", "does not hold")}
    assert turned == {"width", "depth", "batch size"}
    assert not [name for name, both in says.items() if both == ("does not hold", "holds")]


def test_what_the_text_says_about_single_values(lesson):
    def gain(data, name, value):
        return lesson["apart"](lesson["nets"](data, name, value), lesson["nets"](data, "start", "start"))

    every = {(d, n, v): gain(d, n, v)[0] for d in DATA for n in lesson["CLAIMS"] for v in lesson["order"](n)}
    assert min(every, key=every.get) == ("titanic", "learning rate", "1e-5")
    assert min((k for k in every if k[0] == "events"), key=every.get) == ("events", "learning rate", "1e-5")
    assert every["events", "learning rate", "1e-5"] == pytest.approx(-0.085, abs=0.0005)
    assert every["titanic", "learning rate", "1e-5"] == pytest.approx(-0.31, abs=0.005)
    quiet = {
        ("width", "256"): (0.0017, 0.0001),
        ("batch size", "8"): (0.0014, 0.0002),
        ("epochs", "by-loss"): (0.0017, 0.0002),
    }
    for (name, value), expected in quiet.items():
        difference, error, counts = gain("events", name, value)
        assert (difference, error) == pytest.approx(expected, abs=6e-5)
        assert difference > 5 * error
        assert not counts
    for sample, expected in (("validation", -0.009), ("test", -0.035)):
        both = [lesson["nets"]("titanic", *of, sample) for of in (("activation", "sigmoid"), ("start", "start"))]
        assert lesson["apart"](*both)[0] == pytest.approx(expected, abs=0.0005)


def test_some_values_would_count_by_luck(lesson):
    for data in DATA:
        nets = {tuple(lesson["nets"](data, n, v)) for n in lesson["CLAIMS"] for v in lesson["order"](n)}
        assert len(nets) - 1 == 30, data
    rng = np.random.default_rng(0)
    far = ttest_ind(rng.normal(size=(8, 20_000)), rng.normal(size=(64, 20_000)), equal_var=False).statistic
    assert 30 * np.mean(np.abs(far) > 2) == pytest.approx(2.2, abs=0.2)


def test_the_error_of_an_auc_on_178_passengers():
    """Hanley and McNeil's formula."""
    auc, alive, dead = 0.86, 68, 110
    first, second = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    square = auc * (1 - auc) + (alive - 1) * (first - auc**2) + (dead - 1) * (second - auc**2)
    assert (square / (alive * dead)) ** 0.5 == pytest.approx(0.03, abs=0.002)


# --- the table and the searches in it ---------------------------------------------------------------------------------


@functools.cache
def table_of(data):
    return Table(read("table").query("data == @data"))


@pytest.mark.parametrize("data", DATA)
def test_a_net_of_the_table_is_found_by_its_hyper_parameters(data):
    frame, table = read("table").query("data == @data"), table_of(data)
    rows = [table.net(**{name: row[name] for name in table.levels}) for _, row in frame.iterrows()]
    assert sorted(rows) == list(range(len(table.test)))
    assert table.test[rows] == pytest.approx(frame.test_27.to_numpy())
    for epochs in (*RUNGS, FULL):
        assert table.validation[epochs][rows] == pytest.approx(frame[f"validation_{epochs}"].to_numpy())


def test_a_table_with_a_hole_is_refused():
    with pytest.raises(ValueError, match="Received: "):
        Table(read("table").query("data == 'events'").iloc[1:])


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("method", METHODS)
def test_a_search_keeps_to_its_budget_and_pays_what_it_trains(data, method):
    table = table_of(data)
    study, tried = search(table, method, 3)
    spent, rows, costs = np.array(tried).T
    assert (np.diff(spent, prepend=0) == costs).all()
    assert spent[-1] <= 20 * FULL
    assert set(costs) <= {*RUNGS, FULL}
    pruned = METHODS[method][1] != "none"
    assert (len(tried) > 20) == pruned
    if not pruned:
        assert len(tried) == (8 if method == "rate only" else 20)
    best = max(table.validation[FULL][row] for row, cost in zip(rows, costs, strict=True) if cost == FULL)
    assert study.best_value == best == table.validation[FULL][winners(table, tried)[-1]]


def test_the_grid_has_every_combination_of_its_levels_once():
    table = table_of("events")
    _, tried = search(table, "grid", 0)
    expected = {table.net(**dict(zip(GRID, values, strict=True))) for values in itertools.product(*GRID.values())}
    assert {row for _, row, _ in tried} == expected
    assert len(expected) == 20
    _, tried = search(table, "rate only", 0)
    assert {row for _, row, _ in tried} == {table.net(learning_rate=rate) for rate in table.levels["learning_rate"]}


def test_winners_are_the_best_of_the_trials_that_ended():
    class Scores:
        validation = {FULL: np.array([0.5, 0.7, 0.6, 0.9])}

    tried = [(27, 0, 27), (30, 3, 3), (57, 2, 27), (84, 1, 27), (200, 3, 27)]
    assert winners(Scores, tried, 8).tolist() == [0, 0, 2, 1, 1, 1, 1, 3]


@pytest.mark.parametrize("method", METHODS)
def test_the_recorded_searches_come_out_again(method):
    recorded = read("tries").set_index(["data", "method", "seed"])
    for data, seed in (("events", 0), ("titanic", 71)):
        trials, winners_of = line(table_of(data), method, seed)
        assert (trials, winners_of) == tuple(recorded.loc[data, method, seed])


def test_every_method_has_a_hundred_searches():
    assert (read("tries").groupby(["data", "method"]).seed.nunique() == 100).all()
    assert len(read("tries")) == 2 * len(METHODS) * 100


@pytest.mark.parametrize("data", DATA)
def test_luck_is_the_best_of_some_re_trainings(lesson, data):
    zero = read("axes").query("data == @data and name == 'start'").validation.to_numpy()
    rng = np.random.default_rng(0)
    pairs = np.argsort(rng.random((20_000 * 8, 64)), axis=1)[:, :2]  # two different nets a try
    best = zero[pairs].mean(axis=1).reshape(-1, 8).max(axis=1)
    assert lesson["luck"](data, 8) == pytest.approx(best.mean() - zero.mean(), abs=4 * best.std() / 20_000**0.5)
    assert lesson["luck"](data, 1) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("data", DATA)
def test_optimism_compares_winners_with_the_nets_of_the_table(lesson, data):
    part = table_of(data)
    winner = [int(w.split()[-1]) for w in read("tries").query("data == @data and method == 'TPE'").winners]
    expected = np.mean(part.validation[FULL][winner]) - np.mean(part.test[winner])
    expected -= np.mean(part.validation[FULL]) - np.mean(part.test)
    assert lesson["optimism"](data, "TPE") == pytest.approx(expected)


def test_the_reader_s_own_search_says_the_place_of_a_net(lesson):
    part = read("table").query("data == 'events' and width == 16 and depth == 1 and dropout == 0 and batch_size == 32")
    row = part.loc[(part.learning_rate - 0.01).abs().idxmin()]
    others = read("table").query("data == 'events'").validation_27
    place, auc = said(
        r": place (\d+) of 144 by validation \(AUC (0\.\d+)\)", reading(lesson["your_search"], "events", 0.01, 16)
    )
    assert auc == pytest.approx(row.validation_27, abs=6e-5)
    assert place == 1 + (others > row.validation_27).sum()


# --- several processes ------------------------------------------------------------------------------------------------


def test_the_commands_of_the_text_are_commands():
    lines = re.findall(r"^python -m utils\.search (.*)$", text("several"), flags=re.MULTILINE)
    assert len(lines) >= 2
    for words in lines:
        choice = command.parser().parse_args(words.split())
        assert choice.trials > 0


# --- what the text says about searches --------------------------------------------------------------------------------


def medians(lesson, data, tries):
    return {method: float(np.median(lesson["gains"](data, method)[:, tries - 1])) for method in METHODS}


def test_on_the_events_every_search_has_found_more_than_luck(lesson):
    luck, after8, after20 = (lesson["luck"]("events", 20), medians(lesson, "events", 8), medians(lesson, "events", 20))
    assert luck == pytest.approx(0.0008, abs=6e-5)
    assert min(after20.values()) > 2 * luck
    expected = {"random": 0.0026, "grid": 0.0026, "TPE": 0.0032, "rate only": 0.0032}
    assert {name: after20[name] for name in expected} == pytest.approx(expected, abs=6e-5)
    expected = {"random": 0.0010, "TPE": 0.0010, "rate only": 0.0032, "successive halving": 0.0022}
    assert {name: after8[name] for name in expected} == pytest.approx(expected, abs=6e-5)
    assert sorted(after8, key=after8.get)[-2:] == ["successive halving", "rate only"]
    for method in METHODS:  # "the test sample confirms it"
        assert lesson["gains"]("events", method, "test")[:, -1].mean() > 2 * luck


def test_on_the_titanic_no_search_reaches_luck(lesson):
    luck, after20 = lesson["luck"]("titanic", 20), medians(lesson, "titanic", 20)
    assert luck == pytest.approx(0.0049, abs=6e-5)
    assert max(after20, key=after20.get) == "grid"
    assert after20["grid"] == pytest.approx(0.0024, abs=6e-5)
    tests = {method: lesson["gains"]("titanic", method, "test")[:, -1].mean() for method in METHODS}
    assert max(tests.values()) < 0
    assert min(tests, key=tests.get) == "grid"
    assert tests["grid"] == pytest.approx(-0.0125, abs=6e-5)
    assert len(set(lesson["WON"]["titanic", "grid"][:, -1])) == 1
    for method in METHODS:  # at no budget
        found = np.median(lesson["gains"]("titanic", method), axis=0)
        assert (found < [lesson["luck"]("titanic", k) for k in range(1, 21)]).all()
    assert max(tests, key=tests.get) == min(after20, key=after20.get) == "successive halving"
    top = table_of("titanic").validation[FULL].max() - lesson["nets"]("titanic", "start", "start").mean()
    assert top == pytest.approx(0.0033, abs=6e-5)


@pytest.mark.parametrize(("data", "less"), [("events", 0.0015), ("titanic", 0.0004)])
def test_the_start_in_the_table(lesson, data, less):
    of = table_of(data)
    start = lesson["nets"](data, "start", "start").mean()
    assert start - of.validation[FULL][of.net()] == pytest.approx(less, abs=6e-5)


def test_places_and_ranks_of_the_text(lesson):
    def both(data, **values):
        of = table_of(data)
        return [1 + int(np.sum(s > s[of.net(**values)])) for s in (of.validation[FULL], of.test)]

    assert both("events", learning_rate=10**-2.5) == [3, 4]
    assert both("events") == [35, 30]
    assert min(both("events", learning_rate=1e-2)[0], both("events")[0]) > 3  # "the neighbours on both sides"
    assert both("titanic", width=16) == [2, 58]
    table = read("table")
    for name, expected in (("titanic", 0.03), ("events", 0.95)):
        part = table[table.data == name].nlargest(72, "validation_27")
        assert part.validation_27.corr(part.test_27, method="spearman") == pytest.approx(expected, abs=0.006)
    for name, expected in (("titanic", 0.56), ("events", 0.78)):
        part = table[table.data == name]
        assert part.validation_3.corr(part.validation_27, method="spearman") == pytest.approx(expected, abs=0.006)
    best = read("table").query("data == 'events'").nlargest(1, "validation_27")
    assert best.learning_rate.item() == pytest.approx(0.003, abs=2e-4)
    counts = read("tries").query("method == 'successive halving'").groupby("data").trials.mean() / 20
    assert ((counts > 3) & (counts < 4)).all()


def test_importances_of_the_text(lesson):
    first = []
    shares = {}
    for data, tries in itertools.product(DATA, (20, 100)):
        says = reading(lesson["parameter_importances"], data, tries)
        shares[data, tries] = {name: float(value) for name, value in re.findall(r"(\w+) (0\.\d\d)", says)}
        first.append(max(shares[data, tries], key=shares[data, tries].get))
    assert set(first) == {"learning_rate"}
    assert [shares["events", tries]["width"] for tries in (20, 100)] == pytest.approx([0.26, 0.07], abs=0.011)
    for data, *expected in (("events", 0.86, 0.43), ("titanic", 0.84, 0.28)):
        of = table_of(data)
        place = list(of.levels).index("learning_rate")
        for first, share in zip((0, 4), expected, strict=True):  # all rates, those from 0.001 up
            cube = of.validation[FULL].reshape(of.shape).take(range(first, 8), axis=place)
            alone = [np.var(cube.mean(axis=tuple({*range(cube.ndim)} - {axis}))) for axis in range(cube.ndim)]
            assert alone[place] / sum(alone) == pytest.approx(share, abs=0.006)


def test_three_ways_to_fool_a_search(lesson):
    for data, honest, told in (("titanic", 0.8522, 0.8665), ("events", 0.915, 0.915)):
        scores = lesson["promised"](data, 4000)
        assert scores == pytest.approx((honest, told), abs=0.001)
        assert (scores[1] - scores[0] < 0.001) == (data == "events")
    top, bottom = 10**-1.5, 1e-5
    assert (top - 10**-2.5) / (top - bottom) == pytest.approx(0.9, abs=0.005)
    low = (1e-3 - bottom) / (top - bottom)
    assert low == pytest.approx(0.03, abs=0.002)
    assert (1 - low) ** 20 == pytest.approx(0.5, abs=0.05)
    zero = read("axes").query("data == 'titanic' and name == 'start'").validation.to_numpy()
    assert np.mean([abs(a - b) > 0.002 for a, b in itertools.combinations(zero, 2)]) == pytest.approx(0.74, abs=0.006)


# --- trees first, and the whole list ----------------------------------------------------------------------------------


def test_trees_and_nets():
    means = read("bdt_first").groupby(["data", "model", "setting"])[["validation", "test", "seconds"]].mean()
    seconds = means.seconds
    longer = {d: seconds[d, "net", "64x1, 30 epochs"] / seconds[d, "trees", "100"] for d in DATA}
    assert longer["events"] == pytest.approx(7, abs=1)
    assert longer["titanic"] == pytest.approx(30, abs=3)
    best = {key: part.nlargest(1, "validation").iloc[0] for key, part in means.groupby(["data", "model"])}
    for model, expected in (("trees", 0.9141), ("net", 0.9135)):
        assert best["events", model].validation == pytest.approx(expected, abs=6e-5)
    assert set(read("bdt_first").groupby(["data", "model", "setting"]).size()["events", "net"]) == {5}
    assert best["events", "net"].seconds > 9 * best["events", "trees"].seconds  # "a tenth of the time"
    expected = {"net": (0.861, 0.860), "trees": (0.827, 0.865), "logistic": (0.857, 0.838)}
    for model, both in expected.items():
        assert tuple(best["titanic", model][["validation", "test"]]) == pytest.approx(both, abs=0.0006)
    events = means.validation["events"]
    assert events["trees", "300"] < events["trees", "30"]
    assert events["net", "128x2, 30 epochs"] < events["net", "128x2, 10 epochs"]
    compiled = seconds["events", "net, compiled"]
    assert compiled["64x1, 30 epochs"] / compiled["64x1, 3 epochs"] == pytest.approx(1, abs=0.1)


def test_the_table_of_answers(lesson):
    table = lesson["table"]
    assert len(table) == 11
    answers = dict(table.answer)
    both = {name for name, text_ in answers.items() if ";" not in text_}
    assert both == {"ReLU or leaky ReLU", "Adam", "dropout off"}
    said_of = {name: (text_ + "; " + text_).split("; ")[:2] for name, text_ in answers.items()}
    events = [of[0].removeprefix("events: ") for of in said_of.values()]
    titanic = [of[1].removeprefix("Titanic: ") for of in said_of.values()]
    assert [events.count(word) for word in ("holds", "no difference", "does not hold", "open")] == [4, 7, 0, 0]
    assert len(titanic) - titanic.count("open") == 3
    axes = read("axes").query("data == 'events'")
    one, others = axes[axes.name == "start"].validation, axes[(axes.name == "depth") & (axes.value == "2")].validation
    expected = one.mean() - others.mean(), (one.var() / 64 + others.var() / 8) ** 0.5
    assert table.loc["one hidden layer", "events, validation"] == "{:+.4f} ± {:.4f}".format(*expected)
