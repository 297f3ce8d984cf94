"""One training loop for every model: seeded minibatches, SGD or Adam, and a watcher that sees each step.

The update rules are written out, for they are short, they are what the films explain, and importing `torch.optim` and
using it once costs 1.5 s of CPU. Source of Adam: Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization".
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil, cos, pi
from typing import Literal

import torch
from torch import Tensor, nn

Loss = Callable[[Tensor, Tensor], Tensor]
"""From the model's outputs and the targets of a minibatch to one number."""

Watch = Callable[[int, int], None]
"""Called with the steps done and the steps in all: before the first step and after each one."""

Update = Callable[[Sequence[Tensor], float], None]
"""Moves the parameters it was made for, given their gradients and the learning rate."""


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to learn. The seed orders the minibatches and feeds dropout."""

    optimizer: Literal["sgd", "adam"]
    lr: float
    batch: int
    epochs: int
    seed: int
    cosine: bool = False

    def steps(self, n_examples: int) -> int:
        """The number of minibatches in all; the last of an epoch may be smaller."""
        return self.epochs * ceil(n_examples / self.batch)

    def rate(self, step: int, steps: int) -> float:
        """The learning rate of a step counted from 0; along half a cosine it falls from `lr` towards zero."""
        return self.lr * (1 + cos(pi * step / steps)) / 2 if self.cosine else self.lr


def fit(model: nn.Module, examples: tuple[Tensor, Tensor], loss: Loss, schedule: Schedule, watch: Watch) -> None:
    """Trains a model in place on inputs (example, ...) and targets (example, ...), and leaves it in eval mode.

    One thread and one seed give the same weights to the bit; torch's global random state is neither used nor moved.
    """
    inputs, targets = examples
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    update = _RULES[schedule.optimizer](parameters)
    steps = schedule.steps(len(inputs))
    order = torch.Generator().manual_seed(schedule.seed)
    step = 0
    with one_thread(), torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(schedule.seed)  # dropout has no generator of its own
        model.train()
        watch(0, steps)
        for _ in range(schedule.epochs):
            for places in torch.randperm(len(inputs), generator=order).split(schedule.batch):
                cost = loss(model(inputs[places]), targets[places])
                gradients = torch.autograd.grad(cost, parameters, allow_unused=True, materialize_grads=True)
                update(gradients, schedule.rate(step, steps))
                step += 1
                watch(step, steps)
    model.eval()


def snapshot_steps(steps: int, count: int = 24) -> tuple[int, ...]:
    """At most `count` steps from 0 to the last, spaced quadratically because most is learned early."""
    last = max(count - 1, 1)
    return tuple(sorted({round(steps * (i / last) ** 2) for i in range(count)} | {0, steps}))


@contextmanager
def one_thread() -> Iterator[None]:
    """Runs torch on one thread inside: sums then have one order, and two busy cores do not slow each other down."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _sgd(parameters: Sequence[Tensor]) -> Update:
    @torch.no_grad()
    def update(gradients: Sequence[Tensor], lr: float) -> None:
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.sub_(gradient, alpha=lr)

    return update


def _adam(parameters: Sequence[Tensor]) -> Update:
    beta1, beta2, epsilon = 0.9, 0.999, 1e-8  # the paper's
    means = [torch.zeros_like(parameter) for parameter in parameters]
    squares = [torch.zeros_like(parameter) for parameter in parameters]
    t = 0

    @torch.no_grad()
    def update(gradients: Sequence[Tensor], lr: float) -> None:
        nonlocal t
        t += 1
        for parameter, gradient, mean, square in zip(parameters, gradients, means, squares, strict=True):
            mean.lerp_(gradient, 1 - beta1)
            square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
            spread = (square / (1 - beta2**t)).sqrt_().add_(epsilon)
            parameter.addcdiv_(mean, spread, value=-lr / (1 - beta1**t))

    return update


_RULES = {"sgd": _sgd, "adam": _adam}
