"""Every task of every chapter: no answer, however odd, makes its check raise. A new chapter has nothing to add here."""

import importlib
import pkgutil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import utils.checks
from utils.checks import Task

CHAPTERS = [m.name for m in pkgutil.iter_modules(utils.checks.__path__) if m.name.startswith("chapter_")]
MODULES = {name: importlib.import_module(f"utils.checks.{name}") for name in CHAPTERS}
TASKS = {
    f"{chapter}.{name}": value
    for chapter, module in MODULES.items()
    for name, value in vars(module).items()
    if isinstance(value, Task)
}
every_task = pytest.mark.parametrize("checked", TASKS.values(), ids=TASKS.keys())


EXCEPTIONS = [
    ValueError("no"),
    TypeError(),
    IndexError("list index out of range"),
    RecursionError(),
    MemoryError(),
    SystemExit(),
]
numbers = st.one_of(st.integers(), st.floats(), st.complex_numbers(), st.booleans(), st.fractions(), st.decimals())
arrays = st.one_of(
    npst.arrays(kind, npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    for kind in (np.float64, np.float32, np.int64, np.complex128, np.bool_, "U3", "datetime64[D]")
)
moderate = st.floats(-20, 20)
things = st.recursive(
    st.one_of(st.none(), st.just(...), numbers, moderate, st.text(max_size=5), st.binary(max_size=3), arrays),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=6,
)


@st.composite
def functions(draw):
    """A function that a student may have written: any number of arguments, any result, any error."""
    result, bend = draw(things), draw(st.lists(moderate, min_size=3, max_size=3))
    kind = draw(st.sampled_from(["gives", "raises", "echoes", "scales", "spoils", "nothing", "as long", "bends"]))
    error = draw(st.sampled_from(EXCEPTIONS))

    def function(*arguments):
        if kind == "raises":
            raise error
        if kind == "echoes":
            return arguments
        if kind == "scales":
            return arguments[0] * 1e308
        if kind == "bends":
            return bend[0] + bend[1] * np.maximum(arguments[0] - bend[2], 0)
        if kind == "spoils":
            arguments[0][:] = 0
            return arguments[0]
        return [result] * np.size(arguments[0]) if kind == "as long" else result

    return {"nothing": lambda: result}.get(kind, function)


@every_task
@given(data=st.data())
def test_no_answer_makes_a_check_raise_or_is_called_our_bug(checked, data):
    answers = [
        data.draw(things | functions() | st.lists(st.floats(0, 1), max_size=12)) for _ in checked.signature.parameters
    ]
    with np.errstate(all="ignore"):  # warnings in the student's own arithmetic are theirs
        feedback = checked.feedback(*answers)
    assert feedback.state in ("unanswered", "wrong", "stopped", "right"), repr(feedback)
    assert " at 0x" not in repr(feedback)
    assert feedback._repr_html_().endswith("</div>")


@every_task
def test_every_task_says_what_to_do_and_has_a_hint(checked):
    assert len(checked.todo) > 20
    assert len(checked.stronger_hint) > 40
    assert checked.feedback(*[...] * len(checked.signature.parameters)).state == "unanswered"
