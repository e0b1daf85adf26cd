"""Runs one net file on every backend of Keras, and beside it the same net in plain PyTorch: outputs and times.

    python -m tools.time_backends        rewrites lessons/assets/backends.csv and backends_outputs.csv (ten minutes)

Every backend works in a process of its own: JAX in .venv/jax, PyTorch in .venv/torch, or wherever PYTHONPATH finds
them; without one of them nothing is written, for the figures of the lesson show all three. On the processor they all
get one core, and what counts is its time in the process; on a GPU it is the clock, until the GPU has finished. The
first calls, which compile, are not counted; of several measurements the least is kept. The tables belong to the machine
that they name.
"""

import argparse
import csv
import importlib.util
import json
import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

ASSETS = Path(__file__).parents[1] / "lessons/assets"
BACKENDS = {"tensorflow": ("keras", "compiled"), "jax": ("keras", "compiled"), "torch": ("keras", "plain")}
INPUTS, WIDTHS, BATCHES = 10, (16, 64, 256, 1024), (32, 256, 2048)
NET = ASSETS / "net.keras"  # a net that Keras has saved: all backends load it
OUTPUTS, SMALL, STEPS = 5, 32, 20  # examples whose outputs are compared, their net's width, steps of its training
REPEATS, SECONDS = 5, 0.1  # a measurement takes about so long


def examples(count):
    """Gives (count, INPUTS) inputs and (count, 1) targets; always the same."""
    x = np.random.default_rng(0).normal(size=(count, INPUTS)).astype("float32")
    return x, (x[:, :1] * x[:, 1:2] > 0).astype("float32")


# --- in the process of one backend ------------------------------------------------------------------------------------


def ways(model):
    """Gives name -> function of (x, y) that gives two: one makes n steps, one gives the outputs.

    Args:
        model: a Keras model of `utils.one_net.with_keras`; its weights are those to start from.
    """
    from utils.one_net import with_keras

    def keras_steps(x, y):
        def steps(n):
            for _ in range(n):
                with_keras.step(model, x, y)  # gives a number: nothing is in work any more

        return steps, lambda: model.predict_on_batch(x)

    def plain_steps(x, y, as_keras=False):
        import torch

        from utils.one_net import with_torch

        device = "cuda" if torch.cuda.is_available() and os.environ["DEVICE"] == "gpu" else "cpu"
        net = with_torch.Net(x.shape[1], model.layers[0].units)
        with_torch.take_weights(net, model.get_weights())
        net = net.to(device)
        optimizer = with_torch.adam(net)
        x, y = (torch.from_numpy(a).to(device) for a in (x, y))

        def steps(n):
            for number in range(1, n + 1):
                if as_keras:
                    with_torch.epsilon_of_keras(optimizer, number)
                loss = with_torch.step(net, optimizer, x, y)
            loss.item()  # waits for the last step

        return steps, lambda: net(x).detach().cpu().numpy()

    return {"keras": keras_steps, "plain": plain_steps, "plain, epsilon of Keras": partial(plain_steps, as_keras=True)}


def measure(steps):
    """Gives the seconds of one step."""
    clock = time.perf_counter if os.environ["DEVICE"] == "gpu" else time.process_time
    for _ in range(3):
        steps(1)
    began = clock()
    steps(2)
    count = max(2, int(SECONDS / max((clock() - began) / 2, 1e-6)))
    seconds = []
    for _ in range(REPEATS):
        began = clock()
        steps(count)
        seconds.append((clock() - began) / count)
    return min(seconds)


def compiled_step(model, x, y):
    """Gives the seconds of one step in the compiled loop of `utils.train`."""
    from utils.train import train

    def steps(n):  # of one batch each
        train(model, x, y, optimizer="adam", loss="binary_crossentropy", batch_size=None, epochs=n, progress=False)

    clock = time.perf_counter if os.environ["DEVICE"] == "gpu" else time.process_time

    def least(n):
        seconds = []
        while len(seconds) < REPEATS and sum(seconds) < 20 * SECONDS:
            began = clock()
            steps(n)
            seconds.append(clock() - began)
        return min(seconds)

    steps(1)  # compiles
    call = least(1)
    count = 9
    if (seconds := (least(1 + count) - call) / count) < SECONDS / 10:
        count = min(2000, int(3 * SECONDS / max(seconds, 1e-5)))
        seconds = (least(1 + count) - call) / count  # without what a call costs
    return max(seconds, 1e-9)


def work(backend, device, only_outputs):
    """Does all of one backend on one device, and gives it as JSON on the last line of what it prints."""
    if device == "cpu" and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from utils.device import use_device

    try:
        found = use_device(device, quiet=True)
    except RuntimeError as error:
        print(json.dumps({"none": str(error)}))
        return
    import keras

    from utils.one_net import with_keras

    versions = f"Keras {keras.__version__}, {backend} {__import__(backend).__version__}"
    result = {"where": found.name or processor(), "versions": versions, "outputs": {}, "rows": []}
    for way in ("keras", "plain", "plain, epsilon of Keras") if backend == "torch" else ("keras",):
        model = with_keras.build(INPUTS, SMALL)
        model.set_weights(keras.saving.load_model(NET, compile=False).get_weights())
        steps, outputs = ways(model)[way](*examples(64))
        before = outputs()[:OUTPUTS, 0].tolist()
        steps(STEPS)
        result["outputs"][way] = [before, outputs()[:OUTPUTS, 0].tolist()]
    for width in () if only_outputs else WIDTHS:
        for batch in BATCHES:
            x, y = examples(batch)
            for way in BACKENDS[backend]:
                model = with_keras.build(INPUTS, width)
                seconds = compiled_step(model, x, y) if way == "compiled" else measure(ways(model)[way](x, y)[0])
                result["rows"].append([way, width, batch, model.count_params(), f"{seconds:.3g}"])
                print(device, backend, *result["rows"][-1], flush=True)
    print(json.dumps(result))


def processor():
    """Names the processor."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return "one core of " + next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))


# --- in the process that was called -----------------------------------------------------------------------------------


def own(backend):
    """Gives the folder in which a backend is installed for itself."""
    return Path(sys.prefix) / backend


def missing():
    """Lists the backends that are not installed."""
    return [name for name in BACKENDS if not own(name).is_dir() and importlib.util.find_spec(name) is None]


def run(backend, device, only_outputs=False):
    """Runs a backend in its own process; gives its results, or None where it is not installed or finds no GPU."""
    if backend in missing():
        return None
    path = os.pathsep.join(filter(None, [str(own(backend)), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": path, "DEVICE": device}
    command = [sys.executable, "-m", "tools.time_backends", "--backend", backend, "--device", device]
    command += ["--only-outputs"] if only_outputs else []
    last = ""
    with subprocess.Popen(command, env=environment, cwd=ASSETS.parents[1], stdout=subprocess.PIPE, text=True) as ran:
        for line in ran.stdout:
            if not line.startswith("{"):
                print(line, end="", flush=True)
            last = line
    if ran.returncode != 0:
        raise RuntimeError(f"expected {backend} on {device} to work; what it said is above. Received: {ran.returncode}")
    result = json.loads(last)
    if "none" in result:
        print(result["none"])
    return None if "none" in result else result


def write(name, machine, columns, rows):
    """Writes a table; its first line names the machine."""
    with (ASSETS / name).open("w", newline="", encoding="utf-8") as file:
        file.write(f"# {machine}\n")
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


def main():
    """Measures and writes the tables."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--backend", choices=BACKENDS, help="the process of this backend (the tool calls itself)")
    made.add_argument("--device", choices=("cpu", "gpu"))
    made.add_argument("--only-outputs", action="store_true")
    choice = made.parse_args()
    if choice.backend:
        work(choice.backend, choice.device, choice.only_outputs)
        return
    if none := missing():
        raise SystemExit(f"Expected TensorFlow, JAX and PyTorch to be installed. Received: no {' and no '.join(none)}")
    machine, outputs, rows = [], {}, []
    for device in ("cpu", "gpu"):
        for backend in BACKENDS:
            result = run(backend, device)
            if result is not None:
                machine += [part for part in (result["where"], result["versions"]) if part not in machine]
                rows += [[device, backend, *row] for row in result["rows"]]
                outputs |= {(device, backend, way): two for way, two in result["outputs"].items()}
    if not any(row[0] == "gpu" for row in rows):
        machine.append("no GPU")
    of = "; ".join(machine)
    write("backends.csv", of, ["device", "backend", "way", "width", "batch", "parameters", "seconds"], rows)
    columns = ["device", "backend", "way", "steps", "example", "output"]
    moments = [((*key, steps), ps) for key, two in outputs.items() for steps, ps in zip((0, STEPS), two, strict=True)]
    write("backends_outputs.csv", of, columns, [[*m, k, f"{p:.8f}"] for m, ps in moments for k, p in enumerate(ps)])


if __name__ == "__main__":
    main()
