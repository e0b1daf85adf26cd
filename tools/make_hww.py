"""Generates the events of lesson 07: H -> WW -> l nu l nu and its background WW -> l nu l nu, with Pythia.

    python -m pip install --target /tmp/pythia pythia8mc==8.317.2        (a wheel for Python 3.11; GPL-2 or later)
    PYTHONPATH=/tmp/pythia python -m tools.make_hww                      writes lessons/assets/hww.csv.gz (two minutes)

Proton-proton collisions at 13 TeV, at parton level: no hadrons, no other collisions in the same event, no detector.
Pythia stays outside of the course's environment: nothing but this file uses it. The same version and the same seeds
give the same events to the last digit; run again, the file is the same to the byte (another zlib may compress
otherwise, and then holds the same text).

An event is kept with two leptons (electrons or muons) of opposite charge, above 20 and 10 GeV, both with |eta| < 2.5.
Its weight is the number of such events that 1/fb holds: the cross section over the number of events tried. Background
above `SLICE` in m_ll is plentiful and easy, so one in `KEPT` of it is kept, and counts for `KEPT`.
"""

import argparse
import gzip
import hashlib
import importlib.metadata
import math
import os
import sys
from pathlib import Path

from utils.files import write_whole

TABLE = Path(__file__).parents[1] / "lessons/assets/hww.csv.gz"
VERSION = "8.317.2"
SLICE, KEPT = 60.0, 4  # GeV; one in KEPT of the background above it stays
COMMON = ["Print:quiet = on", "Beams:eCM = 13000.", "Random:setSeed = on", "24:onMode = off", "24:onIfAny = 11 13",
          "HadronLevel:all = off", "PartonLevel:MPI = off"]  # fmt: skip
#: label -> settings of Pythia, seed, events tried, slice or none
PROCESSES = {
    1: (["HiggsSM:gg2H = on", "25:onMode = off", "25:onIfMatch = 24 -24"], 7001, 28_000, math.inf),
    0: (["WeakDoubleBoson:ffbar2WW = on"], 7002, 68_000, SLICE),
}
#: column -> decimals
COLUMNS = {"signal": 0, "weight": 6, "pt_1": 2, "pt_2": 2, "eta_1": 3, "eta_2": 3, "m_ll": 2, "pt_ll": 2, "dphi_ll": 3,
           "deta_ll": 3, "met": 2, "m_t": 2, "jets": 0, "flavours": None}  # fmt: skip
LEPTONS = {11: "e", 13: "m"}


def pythia_module():
    """Imports Pythia, of the version that the file was made with.

    Raises:
        SystemExit: where it is missing, of another version, or without its data; the message says how to install it.
    """
    how = f"pip install --target FOLDER pythia8mc=={VERSION}, then PYTHONPATH=FOLDER python -m tools.make_hww"
    try:
        import pythia8mc

        version = importlib.metadata.version("pythia8mc")
    except ImportError as missing:
        raise SystemExit(f"The generator needs pythia8mc {VERSION}: {how}. Received: {missing}") from missing
    if version != VERSION:
        raise SystemExit(f"The file was made with pythia8mc {VERSION}: {how}. Received: {version}")
    data = Path(pythia8mc.__file__).parent / "share/Pythia8/xmldoc"
    places = [data, Path(sys.prefix) / "share/Pythia8/xmldoc"]
    found = next((place for place in places if (place / "Index.xml").exists()), None)
    if found is None:
        raise SystemExit(f"Pythia's settings are expected in {places[0]}: {how}. Received: no Index.xml there")
    os.environ["PYTHIA8DATA"] = str(found)
    return pythia8mc


def generate(label, tries=None):
    """Generates one of the two samples.

    Args:
        label: 1 for signal, 0 for background.
        tries: how many events to generate; None: as many as the file has been made of.

    Returns:
        a list of dicts, one for each event kept, keys as `COLUMNS`; the cross section in fb.
    """
    pythia8 = pythia_module()
    settings, seed, all_tries, slice_at = PROCESSES[label]
    tries = tries or all_tries
    pythia = pythia8.Pythia(os.environ["PYTHIA8DATA"], False)
    for line in [*COMMON, *settings, f"Random:seed = {seed}"]:
        if not pythia.readString(line):
            raise SystemExit(f"Pythia {VERSION} knows every setting of this file. Received: no for {line!r}")
    if not pythia.init():
        raise SystemExit("Pythia should be ready after init(). Received: False; it has printed why")
    jets = pythia8.SlowJet(-1, 0.4, 30.0, 4.5, 2, 1, None, False)  # anti-kt, above 30 GeV, |eta| < 4.5
    rows, above = [], 0
    for _ in range(tries):
        if not pythia.next():
            raise SystemExit("Each event should succeed. Received: next() is False; Pythia has printed why")
        row = measure(pythia.event, jets)
        if row is None:
            continue
        row |= {"signal": label, "weight": 1.0}
        if row["m_ll"] > slice_at:
            above += 1
            if above % KEPT:
                continue
            row["weight"] = KEPT
        rows.append(row)
    cross_section = pythia.infoPython().sigmaGen() * 1e12  # Pythia gives mb
    for row in rows:
        row["weight"] *= cross_section / tries  # events in 1/fb
    return rows, cross_section


def measure(event, jets):
    """Reads off an event what the columns hold, or None where it is not selected.

    Args:
        event: Pythia's record of the event.
        jets: a `SlowJet`.

    Returns:
        dict, keys as `COLUMNS` without signal and weight; momenta and masses in GeV.
    """
    final = [p for p in event if p.isFinal()]
    leptons = sorted((p for p in final if p.idAbs() in LEPTONS), key=lambda p: -p.pT())
    leptons = [p for p in leptons if p.pT() > 10 and abs(p.eta()) < 2.5]
    if len(leptons) < 2 or leptons[0].pT() <= 20 or leptons[0].charge() * leptons[1].charge() > 0:
        return None
    first, second = leptons[:2]
    px, py = (sum(getattr(p, axis)() for p in final if p.idAbs() in (12, 14, 16)) for axis in ("px", "py"))
    pair = [getattr(first, part)() + getattr(second, part)() for part in ("px", "py", "pz", "e")]
    m_ll = math.sqrt(max(0.0, pair[3] ** 2 - pair[0] ** 2 - pair[1] ** 2 - pair[2] ** 2))
    pt_ll, met = math.hypot(pair[0], pair[1]), math.hypot(px, py)
    transverse = math.hypot(m_ll, pt_ll) + met  # the energies of leptons and neutrinos, without the z axis
    m_t = math.sqrt(max(0.0, transverse**2 - (pair[0] + px) ** 2 - (pair[1] + py) ** 2))
    jets.analyze(event)
    apart = [all(away(jets.y(j), jets.phi(j), p) > 0.4 for p in (first, second)) for j in range(jets.sizeJet())]
    return {
        "pt_1": first.pT(), "pt_2": second.pT(), "eta_1": first.eta(), "eta_2": second.eta(), "m_ll": m_ll,
        "pt_ll": pt_ll, "dphi_ll": abs(turn(first.phi() - second.phi())), "deta_ll": abs(first.eta() - second.eta()),
        "met": met, "m_t": m_t, "jets": sum(apart), "flavours": LEPTONS[first.idAbs()] + LEPTONS[second.idAbs()],
    }  # fmt: skip


def turn(angle):
    """Brings an angle to between -pi and pi."""
    return math.remainder(angle, 2 * math.pi)


def away(rapidity, phi, lepton):
    """Gives the distance of a jet from a lepton in rapidity and angle."""
    return math.hypot(rapidity - lepton.y(), turn(phi - lepton.phi()))


def as_text(rows):
    """Writes events as lines of a CSV table."""

    def cell(name, value):
        decimals = COLUMNS[name]
        return value if decimals is None else f"{value:.{decimals}f}"

    lines = [",".join(cell(name, row[name]) for name in COLUMNS) for row in rows]
    return "\n".join([",".join(COLUMNS), *lines]) + "\n"


def main(arguments=None):
    """Generates both samples and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=TABLE, help="where the table goes")
    output = parser.parse_args(arguments).output
    rows = []
    for label in PROCESSES:
        new, cross_section = generate(label)
        total = sum(row["weight"] for row in new)
        print(f"signal {label}: {cross_section / 1000:.4f} pb, {len(new)} events kept, {total:.1f} in 1/fb", flush=True)
        rows += new
    packed = gzip.compress(as_text(rows).encode(), 9, mtime=0)
    write_whole(output, packed)
    print(f"{output}: {len(packed)} bytes, sha256 {hashlib.sha256(packed).hexdigest()}")


if __name__ == "__main__":
    main()
