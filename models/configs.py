"""The settings of every model, their named recipes, and the checks of `--set`. Needs neither torch nor numpy."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from typing import Any, Literal, get_args, get_origin, get_type_hints

from models.suggest import did_you_mean

Report = Callable[[int, int, Mapping[str, float]], None]
"""What a long job says while it works: the step, the number of steps, figures such as loss and accuracy."""

DigitsVariant = Literal["film", "film_steep", "film_augmented", "relu_adam", "relu_adam_augmented"]


class ModelError(ValueError):
    """A model, its data or its settings cannot be used; the message says what was found and what to do."""


class OverrideError(ModelError):
    """A setting has a wrong name, type or value: the user's mistake, not a failure of the work."""


def bounded(default: Any, least: float, most: float) -> Any:
    """A dataclass field whose value must lie between two bounds, both included."""
    return field(default=default, metadata={"least": least, "most": most})


@dataclass(frozen=True)
class DigitsConfig:
    """A 784-hidden-hidden-10 network that reads handwritten digits; the defaults are the variant 'film'.

    Raises: OverrideError when a value has the wrong type or lies outside its bounds.
    """

    data: Literal["bundled", "mnist"] = "bundled"
    variant: DigitsVariant = "film"
    hidden: int = bounded(16, 1, 1024)  # 16 gives the 13,002 parameters of the film
    seed: int = bounded(0, 0, 2**31 - 1)
    activation: Literal["sigmoid", "relu"] = "sigmoid"
    loss: Literal["squared", "cross_entropy"] = "squared"
    optimizer: Literal["sgd", "adam"] = "sgd"
    lr: float = bounded(0.5, 1e-6, 100.0)  # of the squared error summed over 10 outputs, hence so large
    batch: int = bounded(10, 1, 10_000)
    epochs: int = bounded(40, 1, 1000)
    augment: int = bounded(0, 0, 31)  # warped copies of each training image, beside the image itself
    cosine: bool = False  # the learning rate falls to zero along half a cosine

    def __post_init__(self) -> None:
        check_values("digits", self)


@dataclass(frozen=True)
class MoonsConfig:
    """A 2-hidden-hidden-1 network that tells two interleaved half circles of dots apart.

    Raises: OverrideError when a value has the wrong type or lies outside its bounds.
    """

    seed: int = bounded(0, 0, 2**31 - 1)
    hidden: int = bounded(16, 1, 256)
    points: int = bounded(400, 20, 10_000)  # of both moons together
    noise: float = bounded(0.1, 0.0, 1.0)  # standard deviation around the half circles of radius 1
    lr: float = bounded(1e-2, 1e-6, 100.0)
    batch: int = bounded(50, 1, 10_000)
    epochs: int = bounded(100, 1, 1000)

    def __post_init__(self) -> None:
        check_values("moons", self)


@dataclass(frozen=True)
class KernelsConfig:
    """A small convolutional network that reads the digits; its data and its seed are those of ``digits``.

    Raises: OverrideError when a value has the wrong type or lies outside its bounds.
    """

    filters: int = bounded(8, 1, 8)  # of the first layer, as many as a film can show; the second has twice as many
    lr: float = bounded(3e-3, 1e-6, 100.0)
    batch: int = bounded(64, 1, 10_000)
    epochs: int = bounded(15, 1, 1000)

    def __post_init__(self) -> None:
        check_values("kernels", self)


@dataclass(frozen=True)
class DeepConfig:
    """Digit networks of other depths, widths and starts; their data and their seed are those of ``digits``.

    Raises: OverrideError when a value has the wrong type or lies outside its bounds.
    """

    hidden: int = bounded(16, 1, 1024)  # neurons in each hidden layer
    depth: int = bounded(6, 1, 30)  # hidden layers of the deep ones
    lr: float = bounded(1e-2, 1e-6, 100.0)  # of Adam
    batch: int = bounded(32, 1, 10_000)
    epochs: int = bounded(15, 1, 1000)

    def __post_init__(self) -> None:
        check_values("deep", self)


Config = DigitsConfig | MoonsConfig | KernelsConfig | DeepConfig
"""Any model's config."""

CONFIGS: dict[str, type[Config]] = {
    "digits": DigitsConfig,
    "moons": MoonsConfig,
    "kernels": KernelsConfig,
    "deep": DeepConfig,
}

_RELU_ADAM: dict[str, object] = {
    "activation": "relu",
    "loss": "cross_entropy",
    "optimizer": "adam",
    "lr": 3e-3,
    "batch": 64,
    "epochs": 20,
    "cosine": True,
}

VARIANTS: dict[str, dict[str, dict[str, object]]] = {
    "digits": {
        "film": {},
        "film_steep": {"lr": 3.0, "epochs": 60},  # saturates: .06 of layer 1 stays between .05 and .95, not a third
        "film_augmented": {"lr": 3.0, "augment": 7, "epochs": 12, "cosine": True},
        "relu_adam": _RELU_ADAM,
        "relu_adam_augmented": _RELU_ADAM | {"augment": 7},
    }
}


def parse_overrides(pairs: Sequence[str]) -> dict[str, dict[str, object]]:
    """Reads `digits.hidden=32` and the like into typed values by model and field; a later pair wins.

    Raises: OverrideError for an unknown model or field, a wrong type or a value out of bounds.
    """
    overrides: dict[str, dict[str, object]] = {}
    for pair in pairs:
        name, field_name, text = _split(pair)
        known = {setting.name: setting for setting in fields(_config_class(name))}
        _check_known(name, field_name, known)
        value = _parse(f"{name}.{field_name}", text, _hints(name)[field_name])
        check_value(name, known[field_name], value)
        overrides.setdefault(name, {})[field_name] = value
    return overrides


def make_config(name: str, overrides: Mapping[str, object]) -> Config:
    """The config of a model: the fields of the variant asked for, then the other overrides on top.

    Raises: OverrideError for an unknown model or field, a wrong type or a value out of bounds.
    """
    config_class = _config_class(name)
    known = {setting.name: setting for setting in fields(config_class)}
    for field_name, value in overrides.items():
        _check_known(name, field_name, known)
        check_value(name, known[field_name], value)
    named: Mapping[str, object] = {}
    if "variant" in known:
        named = VARIANTS[name][str(overrides.get("variant", known["variant"].default))]
    values: dict[str, Any] = {**named, **overrides}
    return config_class(**values)


def changes_from_variant(name: str, config: Config) -> str:
    """How a config departs from its named variant, or from its defaults, as `epochs 3, hidden 32`; empty if it is none.

    The seed and the data are no part of a variant and do not count.
    """
    named = make_config(name, {"variant": config.variant} if isinstance(config, DigitsConfig) else {})
    settings = [setting.name for setting in fields(config) if setting.name not in ("seed", "data")]
    changed = [setting for setting in settings if getattr(config, setting) != getattr(named, setting)]
    return ", ".join(f"{setting} {getattr(config, setting)}" for setting in changed)


def check_values(name: str, config: Config) -> None:
    """Checks each field of a config against its type and bounds, and turns whole numbers into floats where asked.

    Raises: OverrideError for the first field that does not fit.
    """
    for setting in fields(config):
        value = getattr(config, setting.name)
        check_value(name, setting, value)
        if _hints(name)[setting.name] is float:
            object.__setattr__(config, setting.name, float(value))  # 3 and 3.0 must give one digest


def check_value(name: str, setting: Field[Any], value: object) -> None:
    """Checks one value against the type and the bounds of its field.

    Raises: OverrideError that names the setting, the value and what is allowed.
    """
    kind = _hints(name)[setting.name]
    place = f"{name}.{setting.name}"
    if get_origin(kind) is Literal:
        if value not in get_args(kind):
            choices, guess = ", ".join(get_args(kind)), did_you_mean(str(value), get_args(kind))
            raise OverrideError(f"{place} is '{value}'; it must be one of {choices}.{guess}")
        return
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (kind is not bool and isinstance(value, bool)):
        raise OverrideError(f"{place} is '{value}'; it must be {_KINDS[kind]}.")
    if "least" in setting.metadata and not setting.metadata["least"] <= value <= setting.metadata["most"]:
        least, most = setting.metadata["least"], setting.metadata["most"]
        raise OverrideError(f"{place} is {value}; it must lie between {least} and {most}.")


_KINDS: dict[object, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}


def _config_class(name: str) -> type[Config]:
    if name not in CONFIGS:
        models = ", ".join(CONFIGS)
        raise OverrideError(f"No model is called '{name}'; there is {models}.{did_you_mean(name, CONFIGS)}")
    return CONFIGS[name]


def _hints(name: str) -> dict[str, Any]:
    return get_type_hints(CONFIGS[name])


def _check_known(name: str, field_name: str, known: Iterable[str]) -> None:
    names = list(known)
    if field_name not in names:
        guess = did_you_mean(field_name, names)
        raise OverrideError(f"The model {name} has no setting '{field_name}'; it has {', '.join(names)}.{guess}")


def _split(pair: str) -> tuple[str, str, str]:
    left, equals, text = pair.partition("=")
    name, dot, field_name = left.strip().partition(".")
    if not (name and dot and field_name and equals):
        raise OverrideError(f"The override '{pair}' is not of the form model.field=value, such as digits.hidden=32.")
    return name, field_name, text.strip()


def _parse(place: str, text: str, kind: Any) -> object:
    if kind is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.lower() not in words:
            raise OverrideError(f"{place} is '{text}'; it must be true or false.")
        return words[text.lower()]
    if kind in (int, float):
        try:
            return int(text) if kind is int else float(text)
        except ValueError:
            raise OverrideError(f"{place} is '{text}'; it must be {_KINDS[kind]}.") from None
    return text
