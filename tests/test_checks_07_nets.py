"""Exercise 07, task 6: several nets, their mean and their spread; what is taken, and what is said to the rest."""

import numpy as np
import pytest

from tests.answers import is_right, is_wrong
from tests.nets import BACKEND
from utils.checks import chapter_07 as check
from utils.checks.seeds import scaled
from utils.ranking import auc
from utils.train import train

pytestmark = pytest.mark.skipif(BACKEND != "tensorflow", reason="several nets at once are slow on PyTorch")


def fresh(units=64, outputs=1):
    import keras

    keras.utils.set_random_seed(0)
    hidden = [keras.layers.Dense(units, activation="relu")] if units else []
    return keras.Sequential([keras.Input((12,)), *hidden, keras.layers.Dense(outputs, activation="sigmoid")])


@pytest.fixture(scope="module")
def nets():
    """Four trained nets and their AUCs on the sample `report`."""
    import keras

    x, y, w = scaled()["train"]
    shares = np.where(y == 1, w / w[y == 1].sum(), w / w[y == 0].sum())
    options = {"optimizer": keras.optimizers.Adam(0.01), "loss": "binary_crossentropy", "batch_size": 512, "epochs": 8}
    result = train(fresh(), x, y, sample_weight=shares / shares.mean(), seeds=range(4), **options)
    models = [result.load(fresh(), net) for net in range(4)]
    return models, areas_on(models, "report")


def areas_on(models, name, weighted=True):
    x, y, w = scaled()[name]
    scores = [np.asarray(model(x))[:, 0] for model in models]
    return np.array([auc(score, y, w if weighted else np.ones(len(w))) for score in scores])


def test_nets_right(nets):
    models, areas = nets
    assert areas.min() > 0.907
    is_right(check.nets.feedback(models, areas.mean(), areas.std()), "beats 0.905")
    is_right(check.nets.feedback(tuple(models[:3]), [areas[:3].mean()], np.float32(areas[:3].std(ddof=1))))


def test_nets_with_a_wrong_summary(nets):
    models, areas = nets
    spread = areas.std()

    def said(mean, spread, *words):
        is_wrong(check.nets.feedback(models, mean, spread), *words)

    said(areas_on(models, "report", weighted=False).mean(), spread, "the AUC without weights")
    said(areas.max(), spread, "the AUC of one of them")
    said(areas_on(models, "choose").mean(), spread, "the mean on `choose`")
    said(areas_on(models, "train").mean(), spread, "the mean on `train`")
    said(0.5, spread, "and take the mean")
    said(spread, areas.mean(), "changed places")
    said(100 * areas.mean(), spread, "not a percentage")
    said(areas.mean(), areas.std(ddof=1) / 2, "the error of the mean")
    said(areas.mean(), spread**2, "That is the variance")
    said(areas.mean(), np.ptp(areas), "from the worst to the best")
    said(areas.mean(), 0.0, "`np.std`")
    said([0.9, 0.9], spread, "One number is needed")


def test_lists_that_are_none(nets):
    models, areas = nets
    rest = areas.mean(), areas.std()
    is_wrong(check.nets.feedback(models[0], *rest), "Received: 1", "One seed is one draw")
    is_wrong(check.nets.feedback(models[:2], *rest), "Received: 2", "One seed is one draw")
    is_wrong(check.nets.feedback([models[0]] * 3, *rest), "says the same as another one", "the same seed")
    is_wrong(check.nets.feedback([*models[:2], lambda x: x], *rest), "Each entry of the list")
    is_wrong(check.nets.feedback(areas, *rest), "A list of models is needed")
    assert check.nets.feedback([..., ...], *rest).state == "unanswered"
    assert check.nets.feedback([], *rest).state == "unanswered"


def test_nets_that_are_not_good(nets):
    models, areas = nets
    rest = areas.mean(), areas.std()
    is_wrong(check.nets.feedback([*models[:2], fresh()], *rest), "`models[2]`", "hardly better than a coin")
    silent = fresh()
    silent.set_weights([0 * array for array in silent.get_weights()])
    is_wrong(check.nets.feedback([silent, *models], *rest), "the same for all events")
    turned = fresh()
    turned.set_weights([*models[0].get_weights()[:2], *(-array for array in models[0].get_weights()[2:])])
    is_wrong(check.nets.feedback([turned, *models], *rest), "the labels exchanged")
    is_wrong(check.nets.feedback([fresh(outputs=3), *models], *rest), "How many units has its last layer?")
    linear = fresh(units=0)
    linear.set_weights([-np.eye(12)[:, 4:5], np.zeros(1)])  # the mass of the lepton pair alone
    is_wrong(check.nets.feedback([linear, *models], *rest), "has it a hidden layer")
