"""utils.search: what is drawn, how many trials are made, what is refused. With a score that costs nothing."""

import signal
import sys
import time

import numpy as np
import optuna
import pytest
from optuna.trial import TrialState
from scipy.stats import qmc

from tests.search_worker import cheap, value
from utils.search import data, space
from utils.search.command import main
from utils.search.places import place, places
from utils.search.samplers import SAMPLERS, grid_of
from utils.search.study import open_storage, retry

TWO = ["--tune", "learning_rate", "width"]


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'search.db'}"


def search(url, trials, *options, score=cheap):
    """Runs the command and gives the trials of its study."""
    assert main(["--trials", str(trials), "--storage", url, "--study", "s", *options], score) == 0
    return load(url).trials


def load(url, name="s"):
    return optuna.load_study(study_name=name, storage=url)


def drawn(trials):
    return [t.params for t in trials]


def finished(trials):
    return [t for t in trials if t.state in (TrialState.COMPLETE, TrialState.PRUNED)]


# --- how many, and which ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_study_goes_on_where_it_ended_and_is_the_same_as_one_made_at_once(url, tmp_path, sampler, capsys):
    search(url, 1, "--sampler", sampler, "--seed", "1", *TWO)
    parts = search(url, 4, "--sampler", sampler, "--seed", "1", *TWO)
    assert "1 of 4 trials" in capsys.readouterr().out
    assert drawn(search(url, 4, "--sampler", sampler, "--seed", "1", *TWO)) == drawn(parts)  # and makes no other
    whole = search(f"sqlite:///{tmp_path / 'whole.db'}", 4, "--sampler", sampler, "--seed", "1", *TWO)
    assert [t.number for t in parts] == list(range(4))
    assert (drawn(parts), [t.value for t in parts]) == (drawn(whole), [t.value for t in whole])
    assert [t.value for t in parts] == [value(space.suggest(t, {}) | t.params) for t in parts]
    other = search(f"sqlite:///{tmp_path / 'other.db'}", 2, "--sampler", sampler, "--seed", "2", *TWO)
    assert drawn(other) != drawn(whole)[:2]


@pytest.mark.parametrize(
    ("sampler", "pruner"),
    [("grid", "halving"), ("qmc", "hyperband"), ("tpe", "hyperband")],
)
def test_budgets_are_equal_whatever_draws_and_prunes(url, sampler, pruner, capsys):
    trials = search(url, 12, "--sampler", sampler, "--pruner", pruner, "--tune", "learning_rate", "width", "epochs")
    assert len(finished(trials)) == len(trials) == 12
    pruned = [t for t in trials if t.state == TrialState.PRUNED]
    assert bool(pruned) == (pruner != "none")
    assert all(t.user_attrs["epochs"] < t.params["epochs"] for t in pruned)  # what was saved is told
    epochs = sum(t.user_attrs["epochs"] for t in trials)
    assert f"12 trials are finished. They took {epochs:,.0f} epochs." in capsys.readouterr().out


def test_a_grid_is_searched_to_its_end_and_has_each_point_once(url):
    points = grid_of(space.chosen(["learning_rate", "width"]))
    trials = search(url, 9, "--sampler", "grid", *TWO)
    every = {(rate, width) for rate in points["learning_rate"] for width in points["width"]}
    assert {(t.params["learning_rate"], t.params["width"]) for t in trials} == every
    assert len(every) == 9


def test_quasi_random_trials_are_the_scrambled_sobol_sequence(url):
    trials = search(url, 8, "--sampler", "qmc", "--tune", "learning_rate", "dropout", "--seed", "3")
    ours = [(np.log10(t.params["learning_rate"]) / 4 + 5 / 4, t.params["dropout"] / 0.5) for t in trials]
    sequence = qmc.Sobol(2, scramble=True, rng=np.random.default_rng(0)).random(8)
    # Another generator scrambles otherwise; what makes the sequence what it is stays: each eighth has one point.
    for points in (np.array(ours), sequence):
        assert (np.sort(np.floor(points * 8), axis=0) == np.arange(8)[:, None]).all()


def test_the_test_score_steers_nothing(url, tmp_path):
    def other_test(parameters, samples, **others):
        return cheap(parameters, samples, **others) | {"test": -parameters["learning_rate"]}

    trials = search(url, 12, "--tune", "learning_rate")  # more than the 10 at random with which TPE begins
    others = search(f"sqlite:///{tmp_path / 'other.db'}", 12, "--tune", "learning_rate", score=other_test)
    assert drawn(trials) == drawn(others)
    assert [t.value for t in trials] == [t.value for t in others]
    assert trials[3].user_attrs["test"] != others[3].user_attrs["test"]


def test_what_is_not_searched_stays_where_the_lecture_starts(url):
    seen = []

    def look(parameters, samples, **others):
        seen.append(parameters)
        return cheap(parameters, samples, **others)

    search(url, 3, "--tune", "learning_rate", score=look)
    start = {"width": 64, "depth": 1, "epochs": 30, "batch_size": 32, "activation": "relu", "optimizer": "adam"}
    start |= {"dropout": 0.0, "batch_norm": False, "early_stopping": False}
    assert all({n: v for n, v in one.items() if n != "learning_rate"} == start for one in seen)
    assert len({one["learning_rate"] for one in seen}) == 3


def test_the_start_and_the_grid_lie_in_the_space():
    for name, (start, distribution, levels) in space.SPACE.items():
        for each in (start, *levels):
            assert distribution._contains(distribution.to_internal_repr(each)), (name, each)


# --- interruptions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sampler", "signal_number"), [("grid", signal.SIGINT), ("qmc", signal.SIGTERM), ("random", signal.SIGINT)]
)
def test_ctrl_c_ends_with_words_and_the_trial_in_work_is_made_again(url, tmp_path, sampler, signal_number, capsys):
    calls = []

    def interrupted(parameters, samples, **others):
        calls.append(parameters)
        if len(calls) == 3:
            signal.raise_signal(signal_number)
        return cheap(parameters, samples, **others)

    options = ["--study", "s", "--sampler", sampler, *TWO]
    assert main(["--trials", "6", "--storage", url, *options], interrupted) == 130
    said = capsys.readouterr().err
    assert "Stopped. Finished trials are kept, the trial in work will be made again" in said
    assert "Traceback" not in said
    assert len(finished(load(url).trials)) == 2
    trials = finished(search(url, 6, "--sampler", sampler, *TWO, score=interrupted))
    assert calls[2] == calls[3]
    whole = search(f"sqlite:///{tmp_path / 'whole.db'}", 6, "--sampler", sampler, *TWO)
    assert sorted(map(str, drawn(trials))) == sorted(map(str, drawn(whole)))


def test_a_training_that_raises_is_told_and_another_trial_takes_its_place(url):
    def broken(parameters, samples, **others):
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError, match="out of memory"):
        search(url, 3, *TWO, score=broken)
    trials = search(url, 3, *TWO)
    assert [t.state for t in trials] == [TrialState.FAIL, *[TrialState.COMPLETE] * 3]


def test_a_score_that_is_no_number_is_told_and_not_tried_for_ever(url):
    with pytest.raises(ValueError, match="Received: nan"):
        search(url, 3, *TWO, score=lambda *_, **__: {"validation": float("nan"), "test": 0.5})


def test_the_time_can_be_limited(url, capsys):
    def slow(parameters, samples, **others):
        time.sleep(0.6)
        return cheap(parameters, samples, **others)

    trials = search(url, 50, "--timeout", "1", *TWO, score=slow)
    assert 1 <= len(trials) <= 3
    assert f"{len(trials)} trials are finished: the time is over." in capsys.readouterr().out


def test_a_worker_that_died_before_its_first_sign_of_life_is_missed_too(url, capsys):
    search(url, 1, "--sampler", "qmc", *TWO)
    load(url).ask()  # and never a word again
    trials = search(url, 3, "--sampler", "qmc", "--heartbeat", "1", *TWO)
    assert [t.state for t in trials] == [TrialState.COMPLETE, TrialState.FAIL, *[TrialState.COMPLETE] * 2]
    assert trials[3].system_attrs["failed_trial"] == 1
    assert "waiting for 1 of other workers" in capsys.readouterr().out


def test_a_worker_that_was_silent_for_too_long_learns_that_its_trial_was_made_again(url, capsys):
    def asleep(parameters, samples, **others):
        study = load(url)
        if len(study.trials) == 2:
            retry(study, study.tell(1, state=TrialState.FAIL))  # what another worker does
        return cheap(parameters, samples, **others)

    trials = search(url, 3, "--sampler", "random", *TWO, score=asleep)
    assert "Trial 1: this worker was silent for too long" in capsys.readouterr().out
    assert [t.state for t in trials] == [TrialState.COMPLETE, TrialState.FAIL, *[TrialState.COMPLETE] * 2]
    assert trials[1].params == trials[2].params


def test_a_data_base_that_is_lost_on_the_way_is_told_in_words(url, tmp_path, capsys):
    def lost(parameters, samples, **others):
        (tmp_path / "search.db").write_bytes(b"no data base" * 4096)
        return cheap(parameters, samples, **others)

    assert main(["--trials", "2", "--storage", url], lost) == 1
    said = capsys.readouterr().err
    assert "does not answer any more" in said
    assert "Traceback" not in said


def test_second_tries_stand_where_the_first_stood():
    def trial(number, state, first=None):
        of = {} if first is None else {"failed_trial": first}
        return optuna.trial.FrozenTrial(
            number, state, None, None, None, {}, {}, {}, of, {}, number, values=[1.0] if state.is_finished() else None
        )

    complete, fail, run = TrialState.COMPLETE, TrialState.FAIL, TrialState.RUNNING
    trials = [trial(0, complete), trial(1, fail), trial(2, complete), trial(3, run, 1), trial(4, run), trial(5, fail)]
    assert [place(trials, t) for t in trials] == [0, 1, 2, 1, 3, 4]
    assert places(trials, 4) == 5  # nobody tries number 5 again
    assert places(trials[:5], 4) == 4


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--trials", "0"], ["1 or more", "Received: '0'"]),
        (["--trials", "-3"], ["1 or more", "Received: '-3'"]),
        (["--trials", "many"], ["whole number", "Received: 'many'"]),
        (["--timeout", "0"], ["1 or more", "Received: '0'"]),
        (["--nets", "0"], ["1 or more", "Received: '0'"]),
        (["--seed", "-1"], ["0 or more", "Received: '-1'"]),
        (["--sampler", "annealing"], ["annealing", "grid", "tpe"]),
        (["--pruner", "median"], ["median", "halving"]),
        (["--data", "spirals"], ["spirals", "moons"]),
        (["--tune", "width", "colour"], ["colour", "learning_rate"]),
        (["--sampler", "grid", "--tune", "width", "--trials", "4"], ["at most 3", "Received: 4"]),
        (["--storage", "search.db"], ["sqlite:///search.db", "Received: 'search.db'"]),
        (["--storage", "sqlite://"], ["a data base that stays", "Received: 'sqlite://'"]),
        (["--storage", "sqlite:////no/such/folder/search.db"], ["unable to open", "Received: 'sqlite:////no/such"]),
        (["--storage", "postgresql+psycopg://me:word@127.0.0.1:1/x"], ["refused", "Received: ", "me:***@127.0.0.1:1"]),
        (["--storage", "nosql://x"], ["Received: 'nosql://x'"]),
        (["--plot", __file__], ["a folder to write to", "Received: --plot"]),
        ([], ["--trials"]),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(url, options, words, capsys):
    given = options if "--trials" in options or not options else ["--trials", "2", *options]
    try:
        status = main(given if "--storage" in given else [*given, "--storage", url], cheap)
    except SystemExit as end:  # of argparse
        status = end.code
    said = capsys.readouterr().err
    assert status == 2
    assert [word for word in words if word not in said] == []
    assert "Traceback" not in said
    assert ":word@" not in said  # no password


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--data", "two points"], ["data 'moons ", "Received: data 'two points "]),
        (["--tune", "width"], ["learning_rate", "Received: space {'width': [8, 256, 'log']}"]),
        (["--sampler", "random"], ["sampler 'tpe'", "Received: sampler 'random'"]),
        (["--pruner", "halving", "--seed", "4"], ["pruner 'none', seed 0", "Received: pruner 'halving', seed 4"]),
        (["--nets", "5"], ["nets 3", "Received: nets 5"]),
    ],
)
def test_a_study_stays_what_it_is(url, options, words, capsys, monkeypatch):
    monkeypatch.setattr(data, "_registered", {**data._registered, "two points": lambda: data.moons()._replace(test=())})
    search(url, 1, *TWO)
    assert main(["--trials", "2", "--storage", url, "--study", "s", *TWO, *options], cheap) == 2
    said = capsys.readouterr().err
    assert [word for word in ["study 's'", "another name (--study)", *words] if word not in said] == []
    assert len(load(url).trials) == 1


def test_without_a_name_each_search_has_a_study_of_its_own(url):
    for tune, trials in (("width", "1"), ("depth", "1"), ("width", "2")):
        assert main(["--trials", trials, "--storage", url, "--tune", tune], cheap) == 0
    assert sorted(len(load(url, name).trials) for name in optuna.get_all_study_names(url)) == [1, 2]


def test_a_study_that_was_made_elsewhere_is_left_alone(url, capsys):
    made = optuna.create_study(storage=url, study_name="s")
    made.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=1)
    assert main(["--trials", "2", "--storage", url, "--study", "s"], cheap) == 2
    assert "made elsewhere" in capsys.readouterr().err


def test_a_file_that_is_no_data_base_is_refused(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("not a data base, but long enough to be looked at\n" * 30)
    assert main(["--trials", "2", "--storage", f"sqlite:///{tmp_path / 'notes.txt'}"], cheap) == 2
    assert "not a database" in capsys.readouterr().err


# --- progress, pictures, data -----------------------------------------------------------------------------------------


def test_a_bar_in_a_terminal_shows_the_whole_study(url, capsys, monkeypatch):
    search(url, 3, *TWO)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    best = max(t.value for t in search(url, 5, *TWO))
    said = capsys.readouterr()
    assert "3/5" in said.err
    assert "5/5" in said.err
    assert f"best {best:.4f}" in said.err
    assert f"AUC {best:.4f}; on the test sample {best - 0.01:.4f}" in said.out


def test_without_a_terminal_each_trial_is_a_line(url, capsys):
    (trial,) = search(url, 1, *TWO)
    rate, width = trial.params["learning_rate"], trial.params["width"]
    assert f"trial 0: {trial.value:.4f}: width {width}, learning_rate {rate:.3g}\n" in capsys.readouterr().out


def test_pictures_are_optunas_and_are_written(url, tmp_path, capsys):
    folder = tmp_path / "a" / "b"
    search(url, 1, "--plot", str(folder), *TWO)
    assert "importances.png needs complete trials with different scores; there are 1" in capsys.readouterr().out
    search(url, 5, "--plot", str(folder), *TWO)
    assert capsys.readouterr().out.count("Wrote ") == 2
    for name in ("history.png", "importances.png"):
        assert (folder / name).read_bytes().startswith(b"\x89PNG")


def test_samples_are_three_and_the_first_alone_decides_how_they_are_prepared():
    rng = np.random.default_rng(0)
    x, y = rng.normal(5, 2, size=(1000, 3)), np.arange(1000) % 4 == 0
    weight = rng.uniform(1, 2, size=1000)
    train, validation, test = data.split(x, y, weight)
    assert [len(part.y) for part in (train, validation, test)] == [600, 200, 200]
    assert [part.y.mean() for part in (train, validation, test)] == [0.25] * 3
    np.testing.assert_allclose(train.x.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(train.x.std(axis=0), 1, atol=1e-5)
    assert abs(test.x.mean()) > 1e-4
    for part in (validation, test):  # weights stand for all examples
        assert part.weight.sum() == pytest.approx(weight.sum(), rel=0.05)
    assert train.weight[train.y == 0].sum() == pytest.approx(train.weight[train.y == 1].sum())
    assert train.weight.mean() == pytest.approx(1)


def test_another_data_set_takes_two_lines(monkeypatch, url):
    import pandas as pd

    monkeypatch.setattr(data, "_registered", dict(data._registered))

    @data.register("table")
    def table():
        frame = pd.DataFrame({"a": np.arange(100.0), "b": 1.0, "y": np.arange(100) % 2})
        return data.split(frame[["a", "b"]], frame["y"])

    trials = search(url, 2, "--data", "table", *TWO)
    assert len(trials) == 2
    assert load(url).user_attrs["search"]["data"].startswith("table ")
    assert data.fingerprint(data.samples("table")) != data.fingerprint(data.samples("moons"))


def test_a_data_base_in_sqlite_has_one_writer_at_a_time(url):
    storage, other = open_storage(url), open_storage(url)
    with storage.engine.begin() as connection, other.engine.connect() as second:
        second.connection.dbapi_connection.execute("PRAGMA busy_timeout = 0")
        connection.exec_driver_sql("SELECT 1")  # even what only reads
        with pytest.raises(Exception, match="database is locked"):
            second.exec_driver_sql("SELECT 1")
