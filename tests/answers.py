"""What the tests of the checks have in common, chapter by chapter."""


def is_right(feedback, *words):
    """Asserts that an answer was found right, and that the feedback says these words."""
    assert feedback.state == "right", repr(feedback)
    assert all(word in repr(feedback) for word in words), repr(feedback)


def is_wrong(feedback, *words):
    """Asserts that an answer was found wrong, and that the feedback says these words."""
    assert feedback.state == "wrong", repr(feedback)
    assert all(word in repr(feedback) for word in words), repr(feedback)


def is_refused(feedback, *words):
    """Asserts that an answer was found wrong, or stopped with an error, and that the feedback says these words."""
    assert feedback.state in ("wrong", "stopped"), repr(feedback)
    assert all(word in repr(feedback) for word in words), repr(feedback)
