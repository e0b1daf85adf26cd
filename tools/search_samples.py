"""What lesson 09's searches train on and where they start: shared by `record_searches` and `record_first`."""

import functools

from utils.search import data, space

DATA, EXAMPLES = ("titanic", "events"), 4000
START = {name: parameter.start for name, parameter in space.SPACE.items()}


@functools.cache
def samples(name):
    """Gives the three samples of a data set, the first one not larger than `EXAMPLES`."""
    three = data.samples(name)
    x, y, weight = (None if part is None else part[:EXAMPLES] for part in three.train)
    return three._replace(train=data.Sample(x, y, None if weight is None else data.balanced(y, weight)))
