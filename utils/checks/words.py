"""What frequent errors of Python and NumPy mean, in words that lead on."""

import re

#: a pattern in the error's message -> what it means; groups of the pattern are filled in
MEANINGS = {
    r"matmul.*size (\d+) is different from (\d+)": "`A @ B` takes the columns of A times the rows of B. Here A has {2} "
    "columns and B has {1} rows. Write down both shapes: which of the two wants a `.T`, or the other place?",
    r"shapes (\([\d, ]*\)) and (\([\d, ]*\)) not aligned": "A product takes the columns of the first times the rows of "
    "the second: {1} and {2} do not fit. Which of the two wants a `.T`, or the other place?",
    r"matmul.*does not have enough dimensions": "`@` multiplies arrays, and one of its two sides is a single number.",
    r"could not be broadcast together with shapes (\(\d+,\d+\)) (\(\d+,\d+\))": "Number by number, "
    "arrays of the shapes {1} and {2} do not fit: they are compared from the end, and each pair has to be equal or 1. "
    "If a product of matrices is meant, that is `@`.",
    r"could not be broadcast together with (?:remapped )?shapes (\([\d, ]*\)) ?(\([\d, ]*\))": "Number by number, "
    "arrays of the shapes {1} and {2} do not fit: they are compared from the end, and each pair has to be equal or 1.",
    r"same number of dimensions.*index 0 has (\d) dimension.*index 1 has (\d) dimension": "It joins arrays of the same "
    "number of dimensions, and here are {1} and {2}. `b[:, None]` makes a column of b.",
    r"concatenation axis must match": "What stands side by side needs equally many rows, what "
    "stands one below the other equally many columns. Write down both shapes.",
    r"truth value of an array": "`if`, `not` and `max` ask one question, and an array holds many answers. "
    "`np.where`, `~` and `np.maximum` ask it for each number.",
    r"only (?:size-1|length-1|0-dimensional) arrays": "A function of `math`, or `int` and `float`, takes one number; "
    "those of NumPy take an array.",
    r"cannot reshape array of size (\d+)": "It holds {1} numbers, and the new shape another number of them.",
    r"missing \d+ required positional argument": "It is called with fewer arguments than it takes.",
    r"takes \d+ positional arguments? but \d+": "It is called with more arguments than it takes.",
    r"non-broadcastable output operand": "The result does not fit into the array on the left of `+=`, `-=` or `*=`.",
    r"setting an array element with a sequence|inhomogeneous shape": "The parts have different lengths, so they do not "
    "make one array.",
    r"only integer scalar arrays can be converted to a scalar index": "An array stands where a whole number is wanted: "
    "`np.max(0, x)` takes x for an axis, `np.maximum(0, x)` compares.",
    r"slice indices must be integers|indices must be integers|valid indices": "A position "
    "is a whole number. Is it the value itself that was put between the square brackets, or a float?",
    r"too many indices for array: array is (\d)-dimensional, but (\d) were indexed": "The array has {1} axis, and "
    "there are {2} positions between the square brackets. Print its `shape`.",
    r"index .*out of (?:bounds|range)": "Positions begin at 0: the last of n things is number n - 1.",
    r"object is not subscriptable": "Something that is no list and no array has got square brackets behind it.",
    r"object is not iterable|cannot unpack non-iterable": "One thing stands where several are wanted: behind `in` of a "
    "loop, or on the right of `a, b = ...`.",
    r"values to unpack": "On the left of `=` stand more names, or fewer, than there are things on the right.",
    r"of type '\w+' has no len|of unsized object": "A single number, or a function, has no length. Which "
    "array is meant?",
    r"cannot be interpreted as an integer": "`range`, and a shape, want whole numbers. `int(...)` makes one.",
    r"does not support item assignment": "A single number, or a tuple, has no places to put something into. "
    "`np.zeros(n)` makes n of them.",
    r"invalid index to scalar": "A single number has no positions. Is another variable meant?",
    r"object is not callable": "Something that is no function has got round brackets behind it: a sign of times that "
    "is missing, or a name that was used twice.",
    r"'numpy.ndarray' object has no attribute '(append|extend|insert|pop|remove|concatenate)'": "An array has no "
    "`{1}`. To join arrays there are `np.column_stack`, `np.vstack` and `np.append`.",
    r"Last 2 dimensions of the array must be square": "`solve` and `inv` are for as many equations as unknowns. Here "
    "are more equations: `np.linalg.lstsq` finds what comes closest.",
    r"Incompatible dimensions": "`np.linalg.lstsq(columns, y)` wants one row of `columns` for each number in y.",
    r"'(?:list|tuple)' object has no attribute '(\w+)'": "A list has not what an array has: is `{1}` meant for "
    "`np.array(...)`, or for one of the things in a list?",
    r"unsupported operand.*'ellipsis'": "One part of it is still `...`: is an answer above this one missing?",
    r"unsupported operand.*'builtin_function_or_method'": "A function of Python stands where a number is wanted: is a "
    "name misspelt, as `input` for `inputs`, or are brackets missing behind it?",
    r"not supported between instances of '[\w.]*Generator'": "A generator is no number. Ask it for some, as "
    "`rng.random(a.shape)` does, and compare these.",
    r"[Ee]igenvalues did not converge|must not contain infs or NaNs": "There is an inf or a nan in the matrix: is "
    "something divided by 0, each number of it perhaps?",
    r"can't multiply sequence|unsupported operand type|can only concatenate|bad operand type": "A list, or a function, "
    "does not count as an array does: `np.array(...)` makes one of a list.",
    r"not supported between instances of": "Two things of different kinds are compared. Print both.",
    r"'[\w.]+' object has no attribute '(\w+)'": "It has no `{1}`. Is another variable meant? Print what stands before "
    "the dot.",
    r"name '(\w+)' is not defined": "Is `{1}` spelt as it was defined, and has the cell that defines it run?",
    r"cannot access local variable '(\w+)'|referenced before assignment": "It gets its value on some ways through the "
    "function only, or behind the place where it is used.",
    r"incompatible with the layer|Invalid input shape|expected (?:axis|shape)": "The net was built for another number "
    "of inputs.",
}


def meaning(message):
    """Gives the meaning of an error's message, or "" where there is none.

    Args:
        message: what the error says, on one line.
    """
    for pattern, words in MEANINGS.items():
        if found := re.search(pattern, message):
            return words.format("", *found.groups())
    return ""
