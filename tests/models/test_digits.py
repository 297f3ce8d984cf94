import os
import time
from pathlib import Path
from statistics import median

import numpy as np
import pytest
import torch
from torch.nn import functional

from models import digits
from models.configs import DigitsConfig, ModelError, make_config
from models.datasets import MNIST_MD5
from models.tap import Tap

ROOT = Path(__file__).parents[2]
SHORT = make_config("digits", {"lr": 3.0, "epochs": 3})


def nothing(step, steps, figures):
    """A report that nobody reads."""


def train(config, report=nothing):
    return digits.train(config, report, Path("build/data"))


@pytest.fixture(scope="module")
def trained():
    return train(SHORT)


def test_the_network_of_the_film_has_exactly_13002_parameters():
    numel = [parameter.numel() for parameter in digits.DigitNet(DigitsConfig()).parameters()]
    assert numel == [12544, 16, 256, 16, 160, 10]
    assert sum(numel) == 13_002


def test_the_taps_are_those_of_the_docstring():
    net = digits.DigitNet(DigitsConfig())
    taps = {name for name, module in net.named_modules() if isinstance(module, Tap)}
    assert taps == {"a0", "z1", "a1", "z2", "a2", "z3", "a3"}


@pytest.mark.parametrize("variant", ["film", "relu_adam"])
def test_outputs_agree_with_the_formula_written_in_numpy(variant):
    config = make_config("digits", {"variant": variant, "seed": 4})
    net = digits.DigitNet(config)
    w = {name: array.astype(np.float64) for name, array in digits.weights(net).items()}
    images = np.random.default_rng(0).random((5, 28, 28), dtype=np.float32)

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def softmax(z):
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    squash, decide = (sigmoid, sigmoid) if variant == "film" else (lambda z: np.maximum(z, 0), softmax)
    a1 = squash(images.reshape(5, 784) @ w["w1"].T + w["b1"])
    a2 = squash(a1 @ w["w2"].T + w["b2"])
    np.testing.assert_allclose(digits.outputs(net, images), decide(a2 @ w["w3"].T + w["b3"]), atol=1e-5)


def test_the_squared_error_is_summed_over_the_outputs_and_averaged_over_examples():
    outputs = torch.zeros(2, 10)
    outputs[0, 3], outputs[1, 7] = 0.5, 1.0
    loss = digits.loss_of(DigitsConfig(loss="squared"))
    assert float(loss(outputs, torch.tensor([3, 6]))) == (0.25 + 2.0) / 2


def test_cross_entropy_and_its_gradient_agree_with_torchs_from_logits():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(6, 10, dtype=torch.float64, generator=generator).mul_(5).requires_grad_()
    labels = torch.tensor([0, 3, 9, 9, 1, 5])
    ours = digits.loss_of(DigitsConfig(loss="cross_entropy"))(logits.softmax(dim=1), labels)
    reference = functional.cross_entropy(logits, labels)
    torch.testing.assert_close(ours, reference)
    torch.testing.assert_close(torch.autograd.grad(ours, logits), torch.autograd.grad(reference, logits))


def test_cross_entropy_of_a_probability_rounded_to_zero_is_finite():
    outputs = torch.zeros(1, 10)
    assert torch.isfinite(digits.loss_of(DigitsConfig(loss="cross_entropy"))(outputs, torch.tensor([2])))


def test_sigmoid_networks_start_from_normal_weights_of_variance_one_over_n():
    w = digits.weights(digits.DigitNet(make_config("digits", {"hidden": 1024})))
    assert w["w1"].std() == pytest.approx(784**-0.5, rel=0.02)
    assert w["w2"].std() == pytest.approx(1024**-0.5, rel=0.02)
    assert w["b1"].std() == pytest.approx(1, rel=0.1)


def test_relu_networks_start_from_twice_the_variance_and_no_bias():
    w = digits.weights(digits.DigitNet(make_config("digits", {"hidden": 256, "variant": "relu_adam"})))
    assert w["w1"].std() == pytest.approx((2 / 784) ** 0.5, rel=0.02)
    assert not w["b1"].any()


def test_one_seed_gives_the_same_weights_to_the_bit_and_leaves_torchs_state_alone(trained):
    torch.manual_seed(123)
    before = torch.get_rng_state()
    again = train(SHORT)
    assert torch.equal(torch.get_rng_state(), before)
    first = digits.weights(trained.model)
    assert all(np.array_equal(array, first[name]) for name, array in digits.weights(again.model).items())


def test_another_seed_gives_other_weights(trained):
    other = train(make_config("digits", {"lr": 3.0, "epochs": 3, "seed": 1}))
    assert not np.array_equal(digits.weights(other.model)["w2"], digits.weights(trained.model)["w2"])


def test_snapshots_start_at_the_untrained_network_and_end_at_the_trained_one(trained):
    assert (trained.steps[0], trained.steps[-1], len(trained.steps)) == (0, 3 * 140, 24)
    start, end = digits.weights(digits.DigitNet(SHORT)), digits.weights(trained.model)
    for name, snapshots in trained.snapshots.items():
        assert snapshots.shape == (24, *start[name].shape)
        assert np.array_equal(snapshots[0], start[name])
        assert np.array_equal(snapshots[-1], end[name])


def test_figures_at_a_snapshot_are_those_of_its_weights(trained):
    i = 9
    net = digits.rebuild(SHORT, {name: snapshots[i] for name, snapshots in trained.snapshots.items()})
    read = digits.outputs(net, trained.data.test_images).argmax(axis=1)
    assert trained.accuracies[i] == (read == trained.data.test_labels).mean()
    with torch.no_grad():
        outputs = net(digits.rows(trained.data.train_images))
        loss = digits.loss_of(SHORT)(outputs, torch.from_numpy(trained.data.train_labels))
    assert trained.losses[i] == pytest.approx(float(loss), rel=1e-6)


def test_three_epochs_teach_most_digits(trained):
    assert trained.test_accuracy >= 0.8
    assert trained.losses[-1] < trained.losses[0] / 5


def test_training_reports_step_loss_and_accuracy():
    reports = []
    trained = train(SHORT, lambda step, steps, figures: reports.append((step, steps, dict(figures))))
    assert [(step, steps) for step, steps, _ in reports] == [(step, 420) for step in trained.steps]
    assert reports[-1][2] == {"loss": trained.losses[-1], "accuracy": trained.test_accuracy}


def test_a_rebuilt_network_gives_the_very_same_outputs(trained):
    net = digits.rebuild(SHORT, digits.weights(trained.model))
    images = trained.data.test_images
    assert np.array_equal(digits.outputs(net, images), digits.outputs(trained.model, images))


def test_weights_of_another_size_are_refused(trained):
    with pytest.raises(ModelError) as raised:
        digits.rebuild(make_config("digits", {"hidden": 32}), digits.weights(trained.model))
    assert str(raised.value) == "The weights 'w1' have shape (16, 784), expected (32, 784) for digits.hidden=32."


def bars(variant, data, folder):
    """Test accuracy and CPU seconds over seeds that no recipe was tuned on."""
    accuracies, seconds = [], []
    for seed in (3, 4, 5):
        started = time.process_time()
        trained = digits.train(make_config("digits", {"variant": variant, "data": data, "seed": seed}), nothing, folder)
        seconds.append(time.process_time() - started)
        accuracies.append(trained.test_accuracy)
    return accuracies, seconds


@pytest.mark.slow
def test_bundled_digits_reach_955_in_a_thousand_with_augmentation():
    """1,400 digits and 7 warped copies of each to train, 397 to test, split by the seed. Without the copies: .950."""
    accuracies, seconds = bars("relu_adam_augmented", "bundled", Path())
    assert median(accuracies) >= 0.955, (accuracies, seconds)
    assert median(seconds) <= 8, seconds  # measured 2.5; the bar allows for a busy machine


@pytest.mark.slow
def test_the_film_reaches_945_in_a_thousand():
    accuracies, seconds = bars("film", "bundled", Path())
    assert median(accuracies) >= 0.945, (accuracies, seconds)


@pytest.mark.slow
def test_mnist_reaches_945_in_a_thousand_with_augmentation():
    """Trained on the train-* files and 7 warped copies of each, tested on the t10k-* files."""
    folders = [Path(os.environ.get("TENSORREEL_DATA", "")), ROOT.parent / "shared" / "data" / "mnist"]
    full = [folder for folder in folders if all((folder / name).is_file() for name in MNIST_MD5)]
    if not full:
        pytest.skip("the files of MNIST are neither in $TENSORREEL_DATA nor in ../shared/data/mnist")
    accuracies, seconds = bars("relu_adam_augmented", "mnist", full[0])
    assert median(accuracies) >= 0.945, (accuracies, seconds)
    assert median(seconds) <= 40, seconds  # measured 17 to 19 with 10,000 training images
