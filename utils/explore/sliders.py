"""Controls that more than one lesson has."""

from ipywidgets import SelectionSlider


def lambda_slider(values, value, zero="none"):
    """Gives a slider of penalties for `explore`.

    Args:
        values: the penalties, in order.
        value: the one shown first; one of `values`.
        zero: what stands for a penalty of 0.
    """
    options = [(f"{penalty:g}" if penalty else zero, penalty) for penalty in values]
    return SelectionSlider(options=options, value=value, description="lambda")
