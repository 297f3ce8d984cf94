"""The digit network's forward pass as four lines of numpy: the text that a film shows is the text that runs here.

Source: Nielsen 2015, "Neural Networks and Deep Learning", chapter 1, for the step a' = sigmoid(W a + b).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.configs import DigitsConfig


def code_lines(config: DigitsConfig) -> tuple[str, str, str, str]:
    """Four lines that lead from pixels a0 (784,) over a1, a2 (hidden,) and a3 (10,) to the digit that the network says.

    They read the parameters W1, b1, ... W3, b3 and call functions of this file.
    """
    squash = config.activation
    decide = "sigmoid" if config.loss == "squared" else "softmax"
    return (
        f"a1 = {squash}(W1 @ a0 + b1)",
        f"a2 = {squash}(W2 @ a1 + b2)",
        f"a3 = {decide}(W3 @ a2 + b3)",
        "answer = a3.argmax()",
    )


def run_lines(lines: Sequence[str], given: Mapping[str, np.ndarray]) -> list[Any]:
    """Runs lines of the form `name = ...` one after the other over arrays by name, and gives what each one assigned."""
    names: dict[str, Any] = {"sigmoid": sigmoid, "relu": relu, "softmax": softmax, **given}
    results = []
    for line in lines:
        exec(line, names)
        results.append(names[line.partition(" = ")[0]])
    return results


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z)), in (0, 1), from whichever side does not overflow."""
    small = np.exp(-np.abs(z))
    return np.asarray(np.where(z < 0, small, 1.0) / (1 + small))


def relu(z: np.ndarray) -> np.ndarray:
    """z where it is above zero, else zero."""
    return np.maximum(z, 0)


def softmax(z: np.ndarray) -> np.ndarray:
    """exp(z) divided by its sum, (n,): chances that sum to 1."""
    raised = np.exp(z - z.max())
    return np.asarray(raised / raised.sum())
