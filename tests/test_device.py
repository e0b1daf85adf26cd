"""utils.device on machines that are not here: lists of devices are faked, what it says and chooses is checked."""

import contextlib
import sys
import types

import pytest

from utils import device
from utils.device import use_device


class FakeConfig:
    """`tf.config` of a machine with GPUs: remembers what was chosen."""

    def __init__(self, names, started=False):
        self.gpus = [types.SimpleNamespace(name=f"/physical_device:GPU:{i}", title=n) for i, n in enumerate(names)]
        self.started, self.growth, self.visible = started, {}, None
        self.experimental = types.SimpleNamespace(
            get_device_details=lambda gpu: {"device_name": gpu.title} if gpu.title else {},
            set_memory_growth=self.set_memory_growth,
        )

    def list_physical_devices(self, kind):
        """The GPUs."""
        return self.gpus if kind == "GPU" else []

    def set_memory_growth(self, gpu, growth):
        """Refuses as TensorFlow does once it has computed."""
        if self.started:
            raise RuntimeError("Physical devices cannot be modified after being initialized")
        self.growth[gpu.name] = growth

    def set_visible_devices(self, gpus, kind):
        """Remembers the names."""
        if self.started:
            raise RuntimeError("Visible devices cannot be modified after being initialized")
        self.visible = [gpu.name for gpu in gpus]


@pytest.fixture
def tensorflow(monkeypatch):
    """Gives a function that puts a fake TensorFlow with the named GPUs in place of the real one."""

    def put(names, **settings):
        config = FakeConfig(names, **settings)
        monkeypatch.setitem(sys.modules, "tensorflow", types.SimpleNamespace(config=config))
        monkeypatch.setattr("keras.backend.backend", lambda: "tensorflow")
        return config

    import keras  # the real one, before TensorFlow is replaced  # noqa: F401

    return put


@pytest.fixture
def precision():
    """Puts Keras' precision back."""
    import keras

    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def test_a_machine_without_gpu_says_so_and_goes_on(tensorflow, capsys):
    config = tensorflow([])
    found = use_device()
    assert capsys.readouterr().out == found.line + "\n"
    assert "no GPU found" in found.line
    assert (found.kind, found.gpus, found.name, config.visible) == ("CPU", (), "", None)
    assert found.cores >= 1
    with pytest.raises(RuntimeError, match="No GPU was found by tensorflow.*Received: 'gpu'"):
        use_device("gpu")


def test_the_machine_that_runs_this_has_cores_and_memory():
    assert device.cpu_cores() >= 1
    memory = device.cpu_memory()
    assert memory is None or 2**28 < memory < 2**50


def test_unknown_memory_is_left_out(monkeypatch):
    monkeypatch.setattr(device.os, "sysconf_names", {}, raising=False)
    assert device.cpu_memory() is None
    line = device._line("jax", "CPU", "", None, 1, 0, "float32")
    assert line == "jax on CPU with 1 core; no GPU found, which is enough for this course; precision float32."


def test_a_gpu_is_taken_bit_by_bit_unless_told_otherwise(tensorflow, capsys):
    config = tensorflow(["Fast Card", "Slow Card"])
    found = use_device()
    first, second = (gpu.name for gpu in config.gpus)
    assert (found.kind, found.name, found.gpus) == ("GPU", "Fast Card", ("Fast Card", "Slow Card"))
    assert config.growth == {first: True, second: True}
    assert config.visible == [first]
    assert "GPU Fast Card, the first of 2" in capsys.readouterr().out
    use_device("gpu", memory_growth=False, quiet=True)
    assert config.growth == {first: False, second: False}
    assert capsys.readouterr().out == ""


def test_a_gpu_is_left_alone_when_the_processor_is_chosen(tensorflow):
    config = tensorflow(["Fast Card"])
    found = use_device("cpu")
    assert found.kind == "CPU"
    assert config.visible == []
    assert config.growth == {}
    assert "the GPU is left alone" in found.line


def test_a_gpu_without_a_name_has_its_number(tensorflow):
    tensorflow([""])
    assert use_device().name == "/physical_device:GPU:0"


def test_a_choice_that_comes_too_late_says_what_to_do(tensorflow):
    tensorflow(["Fast Card"], started=True)
    with pytest.raises(RuntimeError, match="restart the kernel and choose first. Received: the choice of GPU"):
        use_device("gpu")
    with pytest.raises(RuntimeError, match="Received: the choice of CPU"):
        use_device("cpu")


@pytest.fixture
def jax(monkeypatch):
    """Puts a fake JAX in place: one GPU of 16 GiB and a processor."""
    gpu = types.SimpleNamespace(platform="gpu", device_kind="Card J", memory_stats=lambda: {"bytes_limit": 16 * 2**30})
    cpu = types.SimpleNamespace(platform="cpu", device_kind="cpu", memory_stats=lambda: None)
    chosen = {}
    fake = types.SimpleNamespace(
        local_devices=lambda: [gpu],
        devices=lambda kind: [cpu],
        config=types.SimpleNamespace(update=chosen.__setitem__),
    )
    monkeypatch.setitem(sys.modules, "jax", fake)
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    return types.SimpleNamespace(gpu=gpu, cpu=cpu, chosen=chosen)


def test_jax_tells_memory_and_takes_the_device(jax, monkeypatch):
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    found = use_device()
    assert "jax on GPU Card J, 16 GiB" in found.line
    assert jax.chosen["jax_default_device"] is jax.gpu
    assert use_device("cpu").kind == "CPU"
    assert jax.chosen["jax_default_device"] is jax.cpu


def test_jax_that_has_started_keeps_its_way_with_memory(jax, monkeypatch):
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "true")
    assert "How it takes memory is unchanged" in use_device().line
    assert "unchanged" not in use_device(memory_growth=False).line


def test_jax_computes_in_float64_when_asked(jax, precision):
    assert use_device(precision="float64").precision == "float64"
    assert jax.chosen["jax_enable_x64"] is True


@pytest.mark.parametrize(("cuda", "mps", "expected"), [(True, False, "cuda:0"), (False, True, "mps")])
def test_torch_enters_a_device_and_stays(monkeypatch, cuda, mps, expected):
    card = types.SimpleNamespace(name="Card T", total_memory=8 * 2**30)
    fake = types.SimpleNamespace(
        cuda=types.SimpleNamespace(
            is_available=lambda: cuda, device_count=lambda: 1, get_device_properties=lambda i: card
        ),
        backends=types.SimpleNamespace(mps=types.SimpleNamespace(is_available=lambda: mps)),
    )
    entered = []

    @contextlib.contextmanager
    def scope(name):
        entered.append(name)
        yield
        entered.remove(name)  # what would happen if nobody held the scope

    monkeypatch.setitem(sys.modules, "torch", fake)
    monkeypatch.setattr("keras.backend.backend", lambda: "torch")
    monkeypatch.setattr("keras.device", scope)
    monkeypatch.setattr(device, "_scopes", [])
    line = use_device().line
    assert ("GPU Card T, 8 GiB" if cuda else "GPU Apple MPS;") in line
    assert entered == [expected]
    use_device("cpu")
    assert entered == [expected, "cpu"]


def test_precision_is_keras_policy(tensorflow, precision):
    import keras

    tensorflow([])
    assert use_device(precision="mixed_bfloat16").line.endswith("precision mixed_bfloat16.")
    assert keras.config.dtype_policy().compute_dtype == "bfloat16"
    assert keras.config.floatx() == "float32"
    use_device(precision="float64")
    assert keras.config.floatx() == "float64"
    assert use_device().precision == "float64", "None leaves the setting alone"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"choice": "tpu"}, 'choice is "auto", "cpu" or "gpu". Received: \'tpu\''),
        ({"precision": "float8"}, "precision is one of float32, .* or None. Received: 'float8'"),
    ],
)
def test_unknown_wishes_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        use_device(**arguments)
