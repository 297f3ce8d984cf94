"""Seeing inside any `nn.Module`: the value and the gradient of its taps and of any submodule, by dotted name."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import numpy as np
import torch
from torch import Tensor, nn

from assets.store import AssetError
from models.suggest import did_you_mean
from models.tap import Tap


class Taken:
    """What `capture` saw, as copies: `taken["a1"]` is a value, `taken.grad("a1")` its gradient after `backward()`.

    Both stay after the block, and neither holds the model or its graph.
    """

    def __init__(self, watched: Iterable[str]) -> None:
        self._watched = tuple(watched)
        self._values: dict[str, Tensor] = {}
        self._gradients: dict[str, Tensor] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Everything captured so far, in the order of the forward pass."""
        return tuple(self._values)

    def __getitem__(self, name: str) -> np.ndarray:
        """The value of a tap or submodule in the last forward pass that reached it.

        Raises: AssetError when the name was not captured.
        """
        if name not in self._values:
            raise AssetError(self._unknown(name))
        return as_numpy(self._values[name])

    def grad(self, name: str) -> np.ndarray:
        """The gradient with respect to that value, shaped like it; several backward passes add up, as in torch.

        Raises: AssetError when the name was not captured or no gradient reached it.
        """
        if name not in self._values:
            raise AssetError(self._unknown(name))
        if name not in self._gradients:
            raise AssetError(
                f"No gradient reached '{name}'; call backward() inside the block, on a loss that depends on it."
            )
        return as_numpy(self._gradients[name])

    def _keep(self, name: str, tensor: Tensor) -> None:
        value = tensor.detach().clone()  # a later in-place ReLU would change the tensor itself
        self._values[name] = value
        self._gradients.pop(name, None)
        if tensor.requires_grad:
            tensor.register_hook(partial(self._add, name, value))  # unlike retain_grad, right after in-place use

    def _add(self, name: str, value: Tensor, gradient: Tensor) -> None:
        if self._values[name] is value:  # and not the loss of an earlier forward pass
            seen = self._gradients.get(name)
            self._gradients[name] = gradient.detach().clone() if seen is None else seen + gradient

    def _unknown(self, name: str) -> str:
        if name in self._watched:
            parts = [part for part in self._values if part.startswith(f"{name}.")]
            if parts:
                return f"The module '{name}' gives several tensors; take one of {', '.join(parts)}."
            return f"No forward pass inside the block reached '{name}', or it gave no tensor."
        guess = did_you_mean(name, [*self._values, *self._watched])
        return f"Nothing called '{name}' was captured; name a submodule in capture(model, extra=...).{guess}"


@contextmanager
def capture(model: nn.Module, extra: Sequence[str] = ()) -> Iterator[Taken]:
    """Captures every Tap, and the output of each submodule named in `extra`, while the model runs inside the block.

    The model is in eval mode inside; each module gets its own mode back. A module that gives several tensors gives
    them as `name.0`, `name.1` or `name.key`; of one that runs several times the last run counts.
    Raises: AssetError for a name in `extra` that the model lacks.
    """
    modules = {name: module for name, module in model.named_modules(remove_duplicate=False) if name}
    for name in extra:
        if name not in modules:
            kind, guess = type(model).__name__, did_you_mean(name, modules)
            raise AssetError(f"The model {kind} has no submodule '{name}'; it has {', '.join(modules)}.{guess}")
    watched = [name for name, module in modules.items() if isinstance(module, Tap) or name in extra]
    taken = Taken(watched)
    modes = [(module, module.training) for module in model.modules()]
    handles = [modules[name].register_forward_hook(_hook(taken, name)) for name in watched]
    model.eval()
    try:
        yield taken
    finally:
        for handle in handles:
            handle.remove()
        for module, training in modes:
            module.training = training


def as_numpy(tensor: Tensor) -> np.ndarray:
    """A tensor of any device and type as a numpy array of its own; bfloat16, which numpy lacks, becomes float32."""
    tensor = tensor.detach().cpu()
    return (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy().copy()


def _hook(taken: Taken, name: str) -> Callable[[nn.Module, object, object], None]:
    def keep(module: nn.Module, inputs: object, output: object) -> None:
        for part, tensor in _tensors(name, output):
            taken._keep(part, tensor)

    return keep


def _tensors(name: str, output: object) -> Iterator[tuple[str, Tensor]]:
    if isinstance(output, Tensor):
        yield name, output
    elif isinstance(output, dict):
        for key, part in output.items():
            yield from _tensors(f"{name}.{key}", part)
    elif isinstance(output, tuple | list):
        for i, part in enumerate(output):
            yield from _tensors(f"{name}.{i}", part)
