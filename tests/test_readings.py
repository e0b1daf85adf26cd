"""What every figure says at every stop of its controls is what the repository has recorded."""

import pytest

from tests.built_book import (
    ROOT,
    documents,
    documents_with_figures,
    fresh_readings,
    readings_file,
    recorded_outputs,
    recorded_readings,
)
from tests.compare import difference

WITH_FIGURES = documents_with_figures()
RENEW = "look at the change, then run `make readings`"


@pytest.fixture(scope="module")
def fresh(book):
    return fresh_readings()


def test_every_page_with_figures_has_its_recorded_readings_and_no_other_page(fresh):
    assert fresh.keys() == {readings_file(document) for document in WITH_FIGURES}
    assert recorded_readings().keys() == fresh.keys(), RENEW


def test_the_book_has_kept_the_outputs_of_every_notebook_for_nbval(book):
    missing = [document for document in documents() if recorded_outputs(ROOT / f"{document}.ipynb", since=0) is None]
    assert not missing, f"These would be run a second time: {missing}"


@pytest.mark.parametrize("document", WITH_FIGURES)
def test_the_readings_of_every_stop_are_the_recorded_ones(fresh, document):
    old, new = recorded_readings().get(readings_file(document), {}), fresh[readings_file(document)]
    assert {figure: list(stops) for figure, stops in old.items()} == {
        figure: list(stops) for figure, stops in new.items()
    }, RENEW
    pairs = [
        (f"{figure} at {stop}", sentence, new[figure][stop])
        for figure, stops in old.items()
        for stop, sentence in stops.items()
    ]
    wrong = [f"{where}: {found}" for where, before, now in pairs if (found := difference(before, now))]
    assert not wrong, "\n".join([f"{len(wrong)} readings of {len(pairs)} have changed; {RENEW}", *wrong[:20]])


@pytest.mark.parametrize(
    ("recorded", "now"),
    [
        ("4 ReLUs: 0.123.", "4 ReLUs: 0.129."),
        ("an error of 0.1", "an error of 0.2"),
        ("1.23e-05 at x = -0.50", "1.20e-05 at x = −0.51"),
        ("97 % are right", "98 % are right"),
    ],
)
def test_rounding_is_no_difference(recorded, now):
    assert difference(recorded, now) is None


@pytest.mark.parametrize(
    ("recorded", "now"),
    [
        ("4 ReLUs: 0.123.", "5 ReLUs: 0.123."),
        ("an error of 0.123", "an error of 0.131"),
        ("an error of 0.123", "an error of -0.123"),
        ("1.23e-05", "1.23e-04"),
        ("97 % are right", "90 % are right"),
        ("97 % are right", "97 are right"),
        ("the weight W1 is 0.5", "the weight W2 is 0.5"),
        ("it never falls", "it falls"),
        ("an error of 0.123", "an error of nan"),
    ],
)
def test_another_count_number_or_word_is_a_difference(recorded, now):
    assert difference(recorded, now)
