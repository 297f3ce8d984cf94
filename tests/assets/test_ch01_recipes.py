"""Each sentence that the first film says about a tensor, tested on the asset that the film would read."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from assets.recipe import Product, Run, run_recipe
from assets.recipes.ch01_neural_network import digit_forward, digit_net, digit_neuron
from assets.store import Asset, make_asset
from models import digits
from models.configs import DigitsConfig, ModelError, make_config
from models.datasets import Digits, load_digits

# Trained for a few epochs: enough to read most digits, and quick. "wide" changes the size, as --set digits.hidden does.
SETTINGS = {
    "film": {"lr": 3.0, "epochs": 5},
    "relu": {"variant": "relu_adam", "epochs": 4, "seed": 1},
    "wide": {"hidden": 32, "lr": 3.0, "epochs": 1},
}


def nothing(step, steps, figures):
    """A report that nobody reads."""


@dataclass(frozen=True)
class Film:
    """The three assets of one training, with what is needed to check them."""

    config: DigitsConfig
    net: Asset
    forward: Asset
    neuron: Asset
    data: Digits

    def model(self):
        return digits.rebuild(self.config, {name: self.net[name] for name in ("w1", "b1", "w2", "b2", "w3", "b3")})

    def outputs(self):
        return digits.outputs(self.model(), self.data.test_images)

    def squash(self, z):
        return np.maximum(z, 0) if self.config.activation == "relu" else 1 / (1 + np.exp(-z.astype(np.float64)))

    def hidden(self):
        """Activations of both hidden layers on the test images, written in numpy."""
        pixels = self.data.test_images.reshape(len(self.data.test_images), -1).astype(np.float64)
        a1 = self.squash(pixels @ self.net["w1"].T + self.net["b1"])
        return a1, self.squash(a1 @ self.net["w2"].T + self.net["b2"])


def build(recipe, config, assets):
    return make_asset(recipe.name, *run_recipe(recipe, Run({"digits": config}, assets, nothing)))


@pytest.fixture(scope="session")
def films():
    """All three trainings, each done once."""
    films = {}
    for name, overrides in SETTINGS.items():
        config = make_config("digits", overrides)
        net = build(digit_net, config, {})
        given = {"digit_net": net}
        data = load_digits("bundled", Path(), config.seed, nothing)
        films[name] = Film(config, net, build(digit_forward, config, given), build(digit_neuron, config, given), data)
    return films


@pytest.fixture(params=SETTINGS)
def film(request, films):
    return films[request.param]


def test_there_are_13002_numbers_to_learn(films):
    net = films["film"].net
    assert net["sizes"].tolist() == [784, 16, 16, 10]
    assert net["numel"].tolist() == [12544, 16, 256, 16, 160, 10]
    assert (net["parameters"], net["hidden"]) == (13_002, 16)


def test_another_width_changes_shapes_and_counts(films):
    net, forward, neuron = films["wide"].net, films["wide"].forward, films["wide"].neuron
    assert net["sizes"].tolist() == neuron["sizes"].tolist() == [784, 32, 32, 10]
    assert net["w1"].shape == forward["flow1"].shape == (32, 784)
    assert net["w2_steps"].shape[1:] == forward["dw2"].shape[1:] == (32, 32)
    assert (net["parameters"], net["hidden"]) == (784 * 32 + 32 + 32 * 32 + 32 + 32 * 10 + 10, 32)
    assert net.provenance["model"] == "digits 784-32-32-10"
    assert net.provenance["changes"] == "hidden 32, lr 3.0, epochs 1"


def test_counts_are_those_of_the_weights_themselves(film):
    names = ("w1", "b1", "w2", "b2", "w3", "b3")
    assert film.net["numel"].tolist() == [film.net[name].size for name in names]
    assert film.net["parameters"] == sum(film.net[name].size for name in names)


def test_weights_along_the_way_start_untrained_and_end_trained(film):
    steps = film.net["steps"]
    assert steps[0] == 0
    assert np.all(np.diff(steps) > 0)
    assert 20 <= len(steps) <= 24
    untrained = digits.weights(digits.DigitNet(film.config))
    for name, start in untrained.items():
        assert film.net[f"{name}_steps"].shape == (len(steps), *start.shape)
        assert np.array_equal(film.net[f"{name}_steps"][0], start)
        assert np.array_equal(film.net[f"{name}_steps"][-1], film.net[name])


def test_accuracy_is_the_share_of_test_images_read_correctly(film):
    right = film.outputs().argmax(axis=1) == film.data.test_labels
    assert film.net["test_accuracy"] == np.float32(right.mean())
    assert film.net["accuracy_steps"][-1] == film.net["test_accuracy"]
    assert film.net.provenance["test_accuracy"] == right.mean()


def test_training_lowers_the_loss_and_raises_the_accuracy(film):
    assert film.net["loss_steps"][-1] < film.net["loss_steps"][0] / 2
    assert film.net["accuracy_steps"][-1] > film.net["accuracy_steps"][0] + 0.3


def test_captions_can_be_made_from_the_facts_of_each_asset(films):
    expected = {
        "model": "digits 784-16-16-10",
        "variant": "film",
        "changes": "lr 3.0, epochs 5",
        "data": "bundled",
        "data_source": films["film"].data.source,
        "seed": 0,
        "step": 700,
        "test_accuracy": float(films["film"].net.provenance["test_accuracy"]),
        "activation_range": "between zero and one",
    }
    for asset in (films["film"].net, films["film"].forward, films["film"].neuron):
        assert {name: asset.provenance[name] for name in expected} == expected
    assert films["relu"].net.provenance["activation_range"] == "zero or more"


def test_activations_lie_in_the_range_that_the_facts_state(film):
    activations = np.concatenate([film.forward["a1"].ravel(), film.forward["a2"].ravel()])
    assert activations.min() >= 0
    assert activations.max() <= film.forward["activation_max"]


def test_the_largest_activation_is_one_for_sigmoids_else_that_of_the_test_images(film):
    expected = 1.0 if film.config.activation == "sigmoid" else max(layer.max() for layer in film.hidden())
    for asset in (film.forward, film.neuron):
        assert asset["activation_max"] == pytest.approx(expected, rel=1e-5)


def test_the_ten_examples_are_one_of_each_digit_in_order(film):
    assert film.forward["label"].tolist() == list(range(10))
    assert film.forward["images"].shape == (10, 28, 28)
    assert np.array_equal(film.forward["a0"], film.forward["images"].reshape(10, 784))


def test_each_example_is_the_correct_one_with_the_median_output_or_the_best_of_a_class_without(film):
    outputs, labels = film.outputs(), film.data.test_labels
    for digit in range(10):
        shown = film.forward["a3"][digit, digit]
        right = outputs[(labels == digit) & (outputs.argmax(axis=1) == digit), digit]
        assert film.forward["correct"][digit] == (len(right) > 0)
        if len(right):
            assert (right < shown - 1e-6).sum() <= len(right) / 2
            assert (right > shown + 1e-6).sum() <= len(right) / 2
        else:
            assert shown == pytest.approx(outputs[labels == digit, digit].max(), abs=1e-6)


def test_the_prediction_is_the_largest_output_and_correct_says_whether_it_is_the_label(film):
    assert np.array_equal(film.forward["predicted"], film.forward["a3"].argmax(axis=1))
    assert np.array_equal(film.forward["correct"], film.forward["predicted"] == film.forward["label"])


def test_the_rebuilt_model_says_what_the_trained_one_said(films):
    film = films["film"]
    trained = digits.train(film.config, nothing, Path())
    outputs = digits.outputs(trained.model, film.forward["images"].copy())
    np.testing.assert_allclose(film.forward["a3"], outputs, atol=1e-6)
    assert np.array_equal(film.forward["predicted"], outputs.argmax(axis=1))
    assert np.array_equal(film.outputs(), digits.outputs(trained.model, trained.data.test_images))


@pytest.mark.parametrize("i", [1, 2, 3])
def test_products_of_weights_and_activations_with_the_bias_are_the_weighted_sum(film, i):
    lead = int(film.forward["lead"])
    products = film.forward[f"flow{i}"]
    np.testing.assert_array_equal(products, film.net[f"w{i}"] * film.forward[f"a{i - 1}"][lead])
    sums = products.astype(np.float64).sum(axis=1) + film.net[f"b{i}"]
    np.testing.assert_allclose(sums, film.forward[f"z{i}"][lead], rtol=1e-5, atol=2e-5)


@pytest.mark.parametrize("i", [1, 2, 3])
def test_weighted_sums_of_all_examples_are_those_of_the_weights(film, i):
    before = film.forward[f"a{i - 1}"].astype(np.float64)
    expected = before @ film.net[f"w{i}"].T + film.net[f"b{i}"]
    np.testing.assert_allclose(film.forward[f"z{i}"], expected, rtol=1e-5, atol=2e-5)


def test_activations_are_the_squashed_sums(film):
    for i in (1, 2):
        np.testing.assert_allclose(film.forward[f"a{i}"], film.squash(film.forward[f"z{i}"]), atol=1e-6)


def test_outputs_are_squashed_sums_or_probabilities_that_sum_to_one(film):
    z, a = film.forward["z3"].astype(np.float64), film.forward["a3"]
    if film.config.loss == "squared":
        np.testing.assert_allclose(a, 1 / (1 + np.exp(-z)), atol=1e-6)
    else:
        np.testing.assert_allclose(a, np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), atol=1e-6)
        np.testing.assert_allclose(a.sum(axis=1), np.ones(10), atol=1e-6)


def test_each_loss_is_that_of_its_own_outputs(film):
    a, label = film.forward["a3"], film.forward["label"]
    if film.config.loss == "squared":
        expected = ((a - np.eye(10)[label]) ** 2).sum(axis=1)
    else:
        expected = -np.log(a[np.arange(10), label])
    np.testing.assert_allclose(film.forward["loss"], expected, rtol=1e-4, atol=1e-7)


def loss_with(film, example, name, place, change):
    """The loss of one example in float64 after moving one parameter."""
    model = film.model().double()
    digits.parameters(model)[name].data[place] += change
    pixels = digits.rows(film.forward["images"][example][None].copy()).double()
    with torch.no_grad():
        return float(digits.loss_of(film.config)(model(pixels), torch.tensor([int(film.forward["label"][example])])))


@pytest.mark.parametrize("name", ["w1", "b1", "w2", "b2", "w3", "b3"])
def test_gradients_agree_with_finite_differences_where_they_are_largest(film, name):
    gradients, h = film.forward[f"d{name}"], 1e-5
    for example in (0, int(film.forward["loss"].argmax())):
        flat = np.argsort(-np.abs(gradients[example]), axis=None, kind="stable")[:3]
        for place in zip(*np.unravel_index(flat, gradients[example].shape), strict=True):
            rise = loss_with(film, example, name, place, h) - loss_with(film, example, name, place, -h)
            assert gradients[example][place] == pytest.approx(rise / (2 * h), rel=1e-3, abs=1e-9)


def test_gradients_flow_back_through_the_layers_by_the_chain_rule(film):
    f, net = film.forward, film.net
    for i in (1, 2, 3):
        np.testing.assert_allclose(f[f"db{i}"], f[f"dz{i}"], rtol=1e-5, atol=1e-9)
        outer = f[f"dz{i}"][:, :, None] * f[f"a{i - 1}"][:, None, :]
        np.testing.assert_allclose(f[f"dw{i}"], outer, rtol=1e-4, atol=1e-9)
    for i in (1, 2):
        scale = np.abs(f[f"da{i}"]).max()
        np.testing.assert_allclose(f[f"da{i}"], f[f"dz{i + 1}"] @ net[f"w{i + 1}"], rtol=1e-4, atol=1e-5 * scale)
        a = f[f"a{i}"]
        slope = a > 0 if film.config.activation == "relu" else a * (1 - a)
        np.testing.assert_allclose(f[f"dz{i}"], f[f"da{i}"] * slope, rtol=1e-4, atol=1e-5 * scale)


def test_the_lead_is_the_correct_example_whose_hidden_neurons_are_least_saturated(film):
    shares = np.concatenate([film.forward["a1"], film.forward["a2"]], axis=1) / film.forward["activation_max"]
    between = (shares * (1 - shares)).sum(axis=1)
    assert film.forward["lead"] == np.where(film.forward["correct"], between, -np.inf).argmax()
    assert film.forward["correct"][int(film.forward["lead"])]


def test_what_is_said_of_the_lead_is_its_label_its_answer_and_its_largest_output(film):
    f, lead = film.forward, int(film.forward["lead"])
    assert f["lead_label"] == f["label"][lead]
    assert f["lead_answer"] == f["predicted"][lead]
    assert f["lead_output"] == f["a3"][lead].max()


def test_the_patch_is_the_square_of_the_lead_with_the_most_shades(film):
    image = film.forward["images"][int(film.forward["lead"])].round(2)

    def shades(row, column):
        return len(set(image[row : row + 5, column : column + 5].ravel().tolist()))

    row, column = film.forward["patch"].tolist()
    assert shades(row, column) == max(shades(i, j) for i in range(24) for j in range(24))


def test_the_window_holds_the_sixteen_pixels_that_send_most_to_the_first_layer(film):
    sent = np.abs(film.forward["flow1"]).sum(axis=0)
    window = film.forward["window"]
    assert window.tolist() == sorted(set(window.tolist()))
    assert len(window) == 16
    assert sent[window].min() >= np.delete(sent, window).max()


def test_the_filmed_neuron_is_the_one_that_ranges_widest_over_the_test_images(film):
    a2 = film.hidden()[1]
    low, high = np.percentile(a2, (10, 90), axis=0)
    ranges = high - low
    assert ranges[int(film.neuron["neuron"])] == pytest.approx(ranges.max(), rel=1e-6)


def test_the_neurons_five_images_are_of_five_digits_and_nearest_to_their_levels(film):
    values = film.hidden()[1][:, int(film.neuron["neuron"])]
    labels, used = film.data.test_labels, []
    low, high = values.min(), values.max()
    levels = (0.2, 0.8, 0.4, 0.1, 0.5)
    for level, value, label in zip(levels, film.neuron["value"], film.neuron["label"], strict=True):
        wanted = low + level * (high - low)
        best = np.abs(values[~np.isin(labels, used)] - wanted).min()
        assert abs(value - wanted) == pytest.approx(best, abs=1e-5)
        used.append(label)
    assert len(set(used)) == 5


def test_each_value_is_what_the_neuron_holds_for_its_image(film):
    seen = film.neuron
    pixels = seen["images"].reshape(5, 784).astype(np.float64)
    a1 = film.squash(pixels @ film.net["w1"].T + film.net["b1"])
    z = (a1 @ film.net["w2"].T + film.net["b2"])[:, int(seen["neuron"])]
    np.testing.assert_allclose(seen["z"], z, rtol=1e-5, atol=2e-5)
    np.testing.assert_allclose(seen["value"], film.squash(z), atol=1e-5)
    for image, label in zip(seen["images"], seen["label"], strict=True):
        place = np.flatnonzero((film.data.test_images == image).all(axis=(1, 2)))
        assert film.data.test_labels[place].tolist() == [label]


def test_criteria_are_stated_in_words(films):
    for name in ("example_criterion", "lead_criterion", "patch_criterion", "window_criterion"):
        assert len(films["film"].forward.provenance[name].split()) > 8
    assert len(films["film"].neuron.provenance["criterion"].split()) > 8


def test_the_same_config_gives_the_same_assets_to_the_bit(films):
    net = build(digit_net, films["film"].config, {})
    assert net.digests == films["film"].net.digests
    assert build(digit_forward, films["film"].config, {"digit_net": net}).digests == films["film"].forward.digests
    assert build(digit_neuron, films["film"].config, {"digit_net": net}).digests == films["film"].neuron.digests


def test_a_network_that_reads_a_class_never_correctly_still_gives_its_ten_examples(films):
    config = films["film"].config
    start = digits.weights(digits.DigitNet(config))
    start["b3"][7] -= 100  # it never says seven
    blind = make_asset("digit_net", start, {}, provenance=films["film"].net.provenance)
    forward = build(digit_forward, config, {"digit_net": blind})
    assert not forward["correct"][7]
    assert forward["label"][7] == 7


def test_a_test_set_without_a_digit_is_refused():
    from assets.recipes.ch01_neural_network import _one_per_class

    with pytest.raises(ModelError) as raised:
        _one_per_class(np.eye(10)[[0, 1]], np.array([0, 1]))
    assert str(raised.value) == "The test images hold no 2, and the film shows each digit; take a larger test set."


def test_progress_is_reported_while_the_network_learns():
    reports = []
    config = make_config("digits", {"epochs": 1})
    product = digit_net.make(Run({"digits": config}, {}, lambda step, steps, figures: reports.append((step, steps))))
    assert isinstance(product, Product)
    assert reports[0] == (0, 140)
    assert reports[-1] == (140, 140)


@pytest.mark.slow
def test_the_whole_film_reads_each_digit_correctly_somewhere():
    config = make_config("digits", {})
    net = build(digit_net, config, {})
    forward = build(digit_forward, config, {"digit_net": net})
    assert net["test_accuracy"] >= 0.95
    assert forward["correct"].all()
    assert net["steps"][-1] == 5600
