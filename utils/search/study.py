"""Opens a study in its data base: an SQLite file or a PostgreSQL server."""

import contextlib
import time
import warnings

import optuna
import sqlalchemy
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from sqlalchemy.exc import SQLAlchemyError

from utils.search.errors import SearchError

_KEY = "search"  # under this name a study says what it searches
EXAMPLES = "sqlite:///search.db, or postgresql+psycopg://user@host/database"


@contextlib.contextmanager
def quietly():
    """Keeps Optuna's notes on its experimental parts (heartbeats, plots) to itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield


def open_storage(url, heartbeat=10):
    """Connects to the data base and makes its tables where they are missing.

    Args:
        url: as SQLAlchemy writes it.
        heartbeat: seconds between two signs of life of a worker. After three without one its trial is made again.

    Returns:
        an `optuna.storages.RDBStorage`.

    Raises:
        SearchError: when there is no such data base, or it does not answer.
    """
    try:
        address = sqlalchemy.make_url(url)
        sqlite = address.get_backend_name() == "sqlite"
    except SQLAlchemyError as error:
        raise SearchError(f"expected the address of a data base such as {EXAMPLES}. Received: {url!r}") from error
    shown = address.render_as_string(hide_password=True)
    if sqlite and address.database in (None, "", ":memory:"):
        raise SearchError(f"expected a data base that stays, such as {EXAMPLES}. Received: {shown!r}")
    patience = {"timeout": 60} if sqlite else {"connect_timeout": 10}
    for attempt in range(5):
        try:
            with quietly():
                storage = RDBStorage(
                    url,
                    {"connect_args": patience, "pool_pre_ping": not sqlite},
                    heartbeat_interval=heartbeat,
                    grace_period=3 * heartbeat,
                    heartbeat_stale_trial_callback=retry,
                )
            break
        # Two workers may make the tables at the same time, and one of them fails: it finds them the next time.
        except (SQLAlchemyError, optuna.exceptions.StorageInternalError, ImportError, RuntimeError, TypeError) as error:
            if attempt == 4 or not _of_a_race(error):
                why = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
                raise SearchError(f"expected a data base that can be reached ({why}). Received: {shown!r}") from error
            time.sleep(0.2 * (attempt + 1))
    if sqlite:
        _one_writer(storage.engine)
    return storage


def _of_a_race(error):
    return any(word in str(error) for word in ("already exists", "UNIQUE constraint", "unique constraint", "duplicate"))


def _one_writer(engine):
    """Has every transaction in SQLite lock the file from its beginning.

    Optuna looks at the state of a trial and then changes it. PostgreSQL locks the row while it does; SQLite knows no
    such lock: without this, three workers took 6 of 60 waiting trials twice.
    """

    def manual(connection, _):
        connection.isolation_level = None  # Python's sqlite3 begins no transaction of its own

    def begin(connection):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine.dispose()  # connections from before
    sqlalchemy.event.listen(engine, "connect", manual)
    sqlalchemy.event.listen(engine, "begin", begin)


def retry(study, trial):
    """Puts a trial that was not finished back into the queue, with the hyper-parameters that it has got."""
    with quietly():
        RetryHeartbeatStaleTrialCallback()(study, trial)


def open_study(storage, name, about, sampler=None, pruner=None):
    """Opens a study, or makes it.

    Args:
        storage: that of `open_storage`.
        name: of the study.
        about: dict of plain numbers, texts, lists and dicts: what is searched and how. All workers must agree on it.
        sampler, pruner: Optuna's.

    Returns:
        an `optuna.Study`.

    Raises:
        SearchError: when the study of that name is about something else.
    """
    choice = {"study_name": name, "storage": storage, "sampler": sampler, "pruner": pruner}
    try:
        study = optuna.create_study(direction="maximize", **choice)
        study.set_user_attr(_KEY, about)
    except optuna.exceptions.DuplicatedStudyError:
        study = optuna.load_study(**choice)
        there = _read(study)
        if there is None and not study.get_trials(deepcopy=False):
            study.set_user_attr(_KEY, about)  # who made the study died before saying what it is about
            there = about
        _compare(name, about, there)
    return study


def _read(study):
    """Reads what a study is about. Another worker may have made it just now, and says that a moment later."""
    for _ in range(20):
        about = study.user_attrs.get(_KEY)
        if about is not None or study.get_trials(deepcopy=False):
            break
        time.sleep(0.1)
    return about


def _compare(name, about, there):
    if there is None:
        raise SearchError(
            f"expected a study that utils.search has made, so take another name. Received: {name!r}, made elsewhere"
        )
    differs = [key for key in about if about[key] != there.get(key)]
    if differs:
        say = [f"{key} {there.get(key)!r}" for key in differs], [f"{key} {about[key]!r}" for key in differs]
        raise SearchError(
            f"expected, as in the study {name!r} that is there: {', '.join(say[0])}; or another name (--study). "
            f"Received: {', '.join(say[1])}"
        )
