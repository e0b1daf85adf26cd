"""The pictures of a study, drawn by Optuna."""

from pathlib import Path

from utils.search.places import FINISHED
from utils.search.study import quietly


def draw(study, folder):
    """Draws how the best score grew, and which hyper-parameters matter.

    Args:
        study: an `optuna.Study`.
        folder: where `history.png` and `importances.png` go.

    Returns:
        list of sentences: what was written, and what could not be drawn and why.
    """
    import matplotlib.pyplot as plt
    from optuna.importance import FanovaImportanceEvaluator
    from optuna.visualization.matplotlib import plot_optimization_history, plot_param_importances

    folder = Path(folder)
    complete = [t for t in study.get_trials(deepcopy=False) if t.state == FINISHED[0]]
    differ = len({t.value for t in complete}) > 1
    importances = FanovaImportanceEvaluator(seed=0)
    wanted = {
        "history.png": (complete, lambda: plot_optimization_history(study, target_name="validation AUC")),
        "importances.png": (
            differ,
            lambda: plot_param_importances(study, evaluator=importances, target_name="validation AUC"),
        ),
    }
    said = []
    for name, (possible, plot) in wanted.items():
        if not possible:
            said.append(f"{name} needs complete trials with different scores; there are {len(complete)} complete ones.")
            continue
        with quietly(), plt.rc_context():  # Optuna changes Matplotlib's style
            figure = plot().figure
            figure.savefig(folder / name, dpi=120, bbox_inches="tight")
            plt.close(figure)
        said.append(f"Wrote {folder / name}.")
    return said
