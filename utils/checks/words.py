"""What frequent errors of Python and NumPy mean, in words that lead on."""

import re

#: a pattern in the error's message -> what it means; groups of the pattern are filled in
MEANINGS = {
    r"matmul.*size (\d+) is different from (\d+)": "`A @ B` takes the columns of A times the rows of B. Here A has {2} "
    "columns and B has {1} rows. Write down both shapes: which of the two wants a `.T`, or the other place?",
    r"shapes (\([\d, ]*\)) and (\([\d, ]*\)) not aligned": "A product takes the columns of the first times the rows of "
    "the second: {1} and {2} do not fit. Which of the two wants a `.T`, or the other place?",
    r"matmul.*does not have enough dimensions": "`@` multiplies arrays, and one of its two sides is a single number.",
    r"could not be broadcast together with (?:remapped )?shapes (\([\d, ]*\)) ?(\([\d, ]*\))": "Number by number, "
    "arrays of the shapes {1} and {2} do not fit: they are compared from the end, and each pair has to be equal or 1.",
    r"same number of dimensions.*index 0 has (\d) dimension.*index 1 has (\d) dimension": "It joins arrays of the same "
    "number of dimensions, and here are {1} and {2}. `b[:, None]` makes a column of b.",
    r"dimensions for the concatenation axis must match": "What stands side by side needs equally many rows, what "
    "stands one below the other equally many columns. Write down both shapes.",
    r"truth value of an array": "`if` and `max` ask one question, and an array holds many answers. `np.where` and "
    "`np.maximum` ask it for each number.",
    r"only (?:size-1|length-1|0-dimensional) arrays": "A function of `math`, or `int` and `float`, takes one number; "
    "those of NumPy take an array.",
    r"cannot reshape array of size (\d+)": "It holds {1} numbers, and the new shape another number of them.",
    r"missing \d+ required positional argument": "It is called with fewer arguments than it takes.",
    r"takes \d+ positional arguments? but \d+": "It is called with more arguments than it takes.",
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
