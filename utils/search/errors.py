"""What the user can mend."""


class SearchError(ValueError):
    """Something asked for that cannot be done; the message says what was expected and ends with what was received."""
