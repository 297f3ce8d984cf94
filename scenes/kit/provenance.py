"""The badge at the lower left: which model, variant, data, seed and step the numbers were read from."""

from collections.abc import Mapping
from typing import Any

from manim import DL

from scenes.kit.typeset import Words, escape
from scenes.theme import DIM, MARGIN, SMALL


def provenance_line(facts: Mapping[str, Any]) -> str:
    """The caption as plain text, from an asset's provenance; settings that depart from the variant are named."""
    changes = f" with {facts['changes']}" if facts["changes"] else ""
    return " · ".join(
        [
            str(facts["model"]),
            f"{facts['variant']} variant".replace("_", " ") + changes,
            f"{facts['data']} data",
            f"seed {facts['seed']}",
            f"step {facts['step']:,}",
            f"test accuracy {facts['test_accuracy']:.1%}",
        ]
    )


class Provenance(Words):
    """One dim line in the lower left corner of the frame, from an asset's provenance."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__(escape(provenance_line(facts)), size=SMALL, color=DIM)
        self.to_corner(DL, buff=MARGIN)
