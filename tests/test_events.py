"""The events of lesson 07: what must hold for every row, how they are split, and the generator's own parts."""

import importlib.util
import sys
import types

import numpy as np
import pandas as pd
import pytest

from tools import make_hww
from utils import events as hww


@pytest.fixture(scope="module")
def events():
    return hww.load()


def of(events, label):
    return events[events.signal == label]


def test_rows_and_the_sums_of_weights(events):
    assert (len(of(events, 1)), len(of(events, 0))) == (15_783, 18_824)
    assert of(events, 1).weight.sum() == pytest.approx(148, abs=1)  # at 1/fb; design: about 146 and 1669
    assert of(events, 0).weight.sum() == pytest.approx(1691, abs=5)
    assert hww.TABLE.stat().st_size < 3e6


def test_cross_sections_are_what_the_weights_say(events):
    for label, cross_section in ((1, 263), (0, 3016)):  # fb, with W to an electron or a muon
        tries = make_hww.PROCESSES[label][2]
        assert of(events, label).weight.min() * tries == pytest.approx(cross_section, rel=0.005)


def test_means(events):
    for feature, signal, background in (("m_ll", 35, 103), ("dphi_ll", 1.1, 2.0)):
        means = [np.average(of(events, label)[feature], weights=of(events, label).weight) for label in (1, 0)]
        assert means == pytest.approx([signal, background], rel=0.04), feature


def test_every_event_passes_the_selection(events):
    assert (events.pt_1 >= 20).all()
    assert (events.pt_2 >= 10).all()
    assert (events.pt_1 >= events.pt_2).all()
    assert (events[["eta_1", "eta_2"]].abs() <= 2.5).all(axis=None)
    assert events.dphi_ll.between(0, np.pi).all()
    assert (events[["m_ll", "pt_ll", "met", "m_t", "jets", "deta_ll"]] >= 0).all(axis=None)
    assert (events.m_ll < 13_000).all()


def test_the_columns_agree_with_each_other(events):
    """m_ll, pt_ll and deta_ll follow from the two leptons, which are nearly massless; m_t is at least m_ll."""
    e = events
    assert e.deta_ll.to_numpy() == pytest.approx((e.eta_1 - e.eta_2).abs().to_numpy(), abs=0.002)
    mass = np.sqrt(2 * e.pt_1 * e.pt_2 * (np.cosh(e.eta_1 - e.eta_2) - np.cos(e.dphi_ll)))
    assert np.abs(e.m_ll - mass).quantile(0.999) < 0.3
    pt = np.sqrt(e.pt_1**2 + e.pt_2**2 + 2 * e.pt_1 * e.pt_2 * np.cos(e.dphi_ll))
    assert np.abs(e.pt_ll - pt).quantile(0.999) < 0.3
    assert (e.m_t >= e.m_ll - 0.02).all()


def test_weights_are_one_for_signal_and_two_for_background(events):
    assert of(events, 1).weight.nunique() == 1
    low, high = (of(events, 0).weight[side] for side in (events.m_ll <= 60, events.m_ll > 60))
    assert (low.nunique(), high.nunique()) == (1, 1)
    assert high.iloc[0] / low.iloc[0] == pytest.approx(make_hww.KEPT, rel=1e-4)
    near = [of(events, 0).weight[of(events, 0).m_ll.between(*side)].sum() for side in ((50, 60), (60.001, 70))]
    assert near[0] == pytest.approx(near[1], rel=0.15)  # with weights there is no step at the edge of the slice


def test_a_split_gives_each_event_to_one_sample_and_each_sample_stands_for_the_whole(events):
    samples = hww.split(events)
    assert sum(map(len, samples.values())) == len(events)
    together = pd.concat(samples.values()).sort_values(list(hww.FEATURES))[list(hww.FEATURES)]
    assert np.array_equal(together, events.sort_values(list(hww.FEATURES))[list(hww.FEATURES)])
    for name, sample in samples.items():
        assert len(sample) == pytest.approx(hww.FRACTIONS[name] * len(events), abs=2)
        for label, rel in ((1, 0.001), (0, 0.03)):
            assert of(sample, label).weight.sum() == pytest.approx(of(events, label).weight.sum(), rel=rel)
    assert hww.split(events)["train"].equals(samples["train"])
    assert not hww.split(events, seed=1)["train"].equals(samples["train"])


@pytest.mark.parametrize("fractions", [{"a": 0.5, "b": 0.6}, {"a": 1.0, "b": 0.0}])
def test_fractions_that_are_none(events, fractions):
    with pytest.raises(ValueError, match=r"add up to 1\. Received: "):
        hww.split(events, fractions)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda t: t.drop(columns="met"), r"The columns are .* Received: signal, weight"),
        (lambda t: t.assign(met=np.nan), "Received: 5 missing"),
        (lambda t: t.assign(signal=1), r"`signal` is 0 or 1.* Received: \[1\]"),
        (lambda t: t.assign(flavours="et"), r"two of e and m. Received: \['et'\]"),
    ],
)
def test_a_table_that_is_not_the_right_one(tmp_path, spoil, words):
    table = pd.read_csv(hww.TABLE)
    rows = pd.concat([table.head(3), table.tail(2)])
    spoil(rows).to_csv(tmp_path / "bad.csv", index=False)
    with pytest.raises(ValueError, match=words):
        hww.load(tmp_path / "bad.csv")


# --- the generator, without Pythia ------------------------------------------------------------------------------------


class Particle(types.SimpleNamespace):
    """What `measure` asks of a particle of Pythia."""

    def __getattr__(self, name):
        return lambda: self.values[name]


def particle(number, px, py, pz):
    p = np.sqrt(px**2 + py**2 + pz**2)
    values = {"px": px, "py": py, "pz": pz, "e": p, "pT": np.hypot(px, py), "eta": np.arctanh(pz / p)}
    values |= {"y": values["eta"], "phi": np.arctan2(py, px), "idAbs": abs(number), "charge": -np.sign(number)}
    return Particle(values=values | {"isFinal": True})


#: one jet at the first lepton, which does not count, and one elsewhere
JETS = types.SimpleNamespace(
    analyze=lambda event: None, sizeJet=lambda: 2, y=lambda jet: [0.0, 2.0][jet], phi=lambda jet: 0.0
)


def test_an_event_is_measured_as_by_hand():
    event = [particle(11, 40, 0, 0), particle(-13, 0, 30, 0), particle(-12, -30, 0, 5), particle(14, 0, -20, 0)]
    row = make_hww.measure(event, JETS)
    assert row["m_ll"] == pytest.approx(np.sqrt(2 * 40 * 30))
    assert row["pt_ll"] == pytest.approx(50)
    assert row["dphi_ll"] == pytest.approx(np.pi / 2)
    assert row["met"] == pytest.approx(np.hypot(30, 20))
    m_t = np.sqrt((70 + np.hypot(30, 20)) ** 2 - 10**2 - 10**2)  # 70 is the root of m_ll^2 + pt_ll^2
    assert row["m_t"] == pytest.approx(m_t)
    assert (row["jets"], row["flavours"]) == (1, "em")
    assert make_hww.as_text([row | {"signal": 1, "weight": 0.5}]).splitlines()[1].startswith("1,0.500000,40.00,30.00,")


@pytest.mark.parametrize(
    "event",
    [
        [particle(11, 40, 0, 0)],
        [particle(11, 40, 0, 0), particle(13, 0, 30, 0)],
        [particle(11, 19, 0, 0), particle(-13, 0, 15, 0)],
        [particle(11, 40, 0, 0), particle(-13, 0, 9, 0)],
        [particle(11, 40, 0, 0), particle(-13, 0, 30, 300)],
    ],
    ids=["one lepton", "same charge", "first too soft", "second too soft", "too far forward"],
)
def test_events_that_are_not_selected(event):
    assert make_hww.measure(event, JETS) is None


def test_without_pythia_the_generator_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pythia8mc", None)
    with pytest.raises(SystemExit, match=r"pip install --target FOLDER pythia8mc==8\.317\.2.* Received: "):
        make_hww.pythia_module()


def test_another_pythia_is_refused(monkeypatch):
    monkeypatch.setitem(sys.modules, "pythia8mc", types.SimpleNamespace())
    monkeypatch.setattr(make_hww.importlib.metadata, "version", lambda name: "8.300")
    with pytest.raises(SystemExit, match=r"made with pythia8mc 8\.317\.2.* Received: 8\.300"):
        make_hww.pythia_module()


@pytest.mark.skipif(
    importlib.util.find_spec("pythia8mc") is None, reason="Pythia is not installed here: the file is tested as it is"
)
@pytest.mark.parametrize("label", [1, 0])
def test_the_generator_repeats_the_first_events_of_the_file(label):
    rows, _ = make_hww.generate(label, tries=300)
    made = [line.split(",") for line in make_hww.as_text(rows).splitlines()[1:]]
    table = pd.read_csv(hww.TABLE, dtype=str)
    kept = table[table.signal == str(label)].head(len(made)).to_numpy().tolist()
    assert [[*row[:1], *row[2:]] for row in made] == [[*row[:1], *row[2:]] for row in kept]
