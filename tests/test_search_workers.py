"""utils.search in several processes, one of them killed: on SQLite, and on the PostgreSQL that POSTGRES_URL names."""

import collections
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from tests.search_worker import cheap
from utils.search.command import main

ROOT = Path(__file__).resolve().parents[1]
WANTED = 8
OPTIONS = ["--trials", str(WANTED), "--sampler", "qmc", "--tune", "learning_rate", "width", "--heartbeat", "2"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """Gives the address of a data base; with PostgreSQL one of its own on the server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'search.db'}"
        return
    given = os.environ.get("POSTGRES_URL")
    if not given:
        reason = "no PostgreSQL: POSTGRES_URL names none (.ci/run starts one)"
        assert os.environ.get("CI") != "true", reason
        pytest.skip(reason)
    import sqlalchemy

    name = f"search_{uuid.uuid4().hex}"
    server = sqlalchemy.create_engine(given, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield sqlalchemy.make_url(given).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    server.dispose()


def start(log, seconds, url):
    command = [sys.executable, "-m", "tests.search_worker", str(log), str(seconds), "--storage", url, "--study", "s"]
    return subprocess.Popen([*command, *OPTIONS], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def begun(log):
    """Gives the process and the hyper-parameters of every score that was begun."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    return [(process, (of["learning_rate"], of["width"])) for process, of in map(json.loads, lines)]


def wait_for(condition, *workers):
    """Waits until something is so; a worker that has ended with an error meanwhile is shown."""
    end = time.monotonic() + 240
    while not condition():
        for worker in workers:
            assert worker.poll() in (None, 0), worker.stdout.read()
        assert time.monotonic() < end
        time.sleep(0.02)


def test_two_workers_share_a_study_and_one_that_is_killed_loses_nothing(url, tmp_path):
    log = tmp_path / "log"
    first, second = (start(log, 1, url) for _ in range(2))  # together: they also make the data base together
    try:
        wait_for(lambda: sum(process == first.pid for process, _ in begun(log)) == 2, first, second)
        victim = [point for process, point in begun(log) if process == first.pid][1]
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        study = optuna.load_study(study_name="s", storage=url)
        before = {t.number: (t.params, t.values) for t in study.trials if t.state == TrialState.COMPLETE}
        said, _ = second.communicate(timeout=240)
        assert second.returncode == 0, said
        assert f"{WANTED} trials are finished." in said
    finally:
        for worker in (first, second):
            worker.kill()
            worker.communicate()
    trials = study.trials
    complete = {t.number: (t.params, t.values) for t in trials if t.state == TrialState.COMPLETE}
    assert before
    assert before.items() <= complete.items()  # nothing finished is lost
    assert len(complete) == WANTED  # and there is not one too many
    (killed,) = [t for t in trials if t.state == TrialState.FAIL]
    (again,) = [t for t in trials if "retry_history" in t.system_attrs]
    assert again.params == killed.params == dict(zip(("learning_rate", "width"), victim, strict=True))
    tries = collections.Counter(point for _, point in begun(log))
    assert tries.pop(victim) == 2
    assert set(tries.values()) == {1}  # no other trial was made twice
    assert main([*OPTIONS, "--storage", f"sqlite:///{tmp_path / 'alone.db'}", "--study", "s"], cheap) == 0
    alone = optuna.load_study(study_name="s", storage=f"sqlite:///{tmp_path / 'alone.db'}")
    points = sorted((t.params["learning_rate"], t.params["width"]) for t in alone.trials)
    assert sorted((of["learning_rate"], of["width"]) for of, _ in complete.values()) == points
