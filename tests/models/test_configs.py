import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from models.configs import (
    VARIANTS,
    DigitsConfig,
    ModelError,
    OverrideError,
    changes_from_variant,
    make_config,
    parse_overrides,
)

ROOT = Path(__file__).parents[2]
SETTINGS = "data, variant, hidden, seed, activation, loss, optimizer, lr, batch, epochs, augment, cosine"


def test_overrides_are_read_into_typed_values():
    pairs = ["digits.hidden=32", "digits.lr=1", "digits.cosine=true", "digits.data=mnist", " digits.seed = 3 "]
    read = parse_overrides(pairs)
    assert read == {"digits": {"hidden": 32, "lr": 1.0, "cosine": True, "data": "mnist", "seed": 3}}
    assert [type(value) for value in read["digits"].values()] == [int, float, bool, str, int]


def test_a_later_override_wins():
    assert parse_overrides(["digits.seed=1", "digits.seed=2"]) == {"digits": {"seed": 2}}


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ("digits.hiden=32", f"The model digits has no setting 'hiden'; it has {SETTINGS}. Did you mean 'hidden'?"),
        (
            "digit.hidden=32",
            "No model is called 'digit'; there is digits, moons, kernels, deep. Did you mean 'digits'?",
        ),
        ("digits.hidden=many", "digits.hidden is 'many'; it must be a whole number."),
        ("digits.hidden=1.5", "digits.hidden is '1.5'; it must be a whole number."),
        ("digits.hidden=0", "digits.hidden is 0; it must lie between 1 and 1024."),
        ("digits.lr=fast", "digits.lr is 'fast'; it must be a number."),
        ("digits.lr=nan", "digits.lr is nan; it must lie between 1e-06 and 100.0."),
        ("digits.cosine=perhaps", "digits.cosine is 'perhaps'; it must be true or false."),
        ("digits.data=mnst", "digits.data is 'mnst'; it must be one of bundled, mnist. Did you mean 'mnist'?"),
        ("digits.seed", "The override 'digits.seed' is not of the form model.field=value, such as digits.hidden=32."),
        ("hidden=3", "The override 'hidden=3' is not of the form model.field=value, such as digits.hidden=32."),
    ],
)
def test_a_wrong_override_says_what_is_allowed(pair, message):
    with pytest.raises(OverrideError) as raised:
        parse_overrides([pair])
    assert str(raised.value) == message


def test_wrong_settings_are_model_errors():
    assert issubclass(OverrideError, ModelError)


def test_a_variant_gives_its_fields_and_overrides_go_on_top():
    config = make_config("digits", {"lr": 0.01, "variant": "relu_adam"})
    assert (config.variant, config.activation, config.optimizer, config.lr) == ("relu_adam", "relu", "adam", 0.01)


@pytest.mark.parametrize("variant", VARIANTS["digits"])
def test_every_named_variant_makes_a_config(variant):
    config = make_config("digits", {"variant": variant})
    assert {name: getattr(config, name) for name in VARIANTS["digits"][variant]} == VARIANTS["digits"][variant]


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_that_may_be_asked_for_is_named(name):
    with pytest.raises(OverrideError) as raised:
        make_config(name, {"variant": "?"})
    assert f"must be one of {', '.join(VARIANTS[name])}." in str(raised.value)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"hidden": True}, "digits.hidden is 'True'; it must be a whole number."),
        ({"hidden": 16.0}, "digits.hidden is '16.0'; it must be a whole number."),
        ({"cosine": 1}, "digits.cosine is '1'; it must be true or false."),
        ({"lr": "3"}, "digits.lr is '3'; it must be a number."),
        ({"sed": 1}, f"The model digits has no setting 'sed'; it has {SETTINGS}. Did you mean 'seed'?"),
    ],
)
def test_typed_overrides_are_checked_too(overrides, message):
    with pytest.raises(OverrideError) as raised:
        make_config("digits", overrides)
    assert str(raised.value) == message


def test_a_config_made_by_hand_is_checked():
    with pytest.raises(OverrideError, match=r"^digits.epochs is 0; it must lie between 1 and 1000\.$"):
        DigitsConfig(epochs=0)


def test_a_whole_number_and_its_float_make_one_config():
    assert repr(DigitsConfig(lr=3)) == repr(DigitsConfig(lr=3.0))


def test_a_config_can_be_made_again_from_its_fields():
    config = make_config("digits", {"variant": "relu_adam_augmented", "seed": 5})
    assert make_config("digits", asdict(config)) == config


def test_the_film_is_the_default_and_has_the_recipe_of_the_film():
    config = make_config("digits", {})
    assert config == DigitsConfig()
    assert (config.hidden, config.activation, config.loss) == (16, "sigmoid", "squared")
    assert (config.optimizer, config.lr, config.batch, config.epochs) == ("sgd", 0.5, 10, 40)


def test_changes_from_a_variant_are_named_but_seed_and_data_are_none():
    assert changes_from_variant("digits", make_config("digits", {"seed": 4, "data": "mnist"})) == ""
    changed = make_config("digits", {"hidden": 32, "epochs": 3})
    assert changes_from_variant("digits", changed) == "hidden 32, epochs 3"


def test_configs_need_neither_torch_nor_numpy():
    code = (
        "import sys; sys.modules['torch'] = sys.modules['numpy'] = None\n"
        "from models.configs import parse_overrides; parse_overrides(['digits.seed=3'])"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert all(setting.name in SETTINGS for setting in fields(DigitsConfig))
