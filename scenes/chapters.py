"""The chapters and the kit's gallery: an ordered tuple of scenes each.

Scenes are named as strings, so that listing them imports no manim.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """One video. Scenes are ``folder.module:ClassName`` below ``scenes``, in the order they are shown."""

    number: int
    slug: str
    title: str
    scenes: tuple[str, ...]


CHAPTERS = (
    Chapter(
        1,
        "what-is-a-neural-network",
        "What is a neural network?",
        (
            "ch01_neural_network.cards:TenDigitsToRead",
            "ch01_neural_network.pixel_values:PixelsAreNumbers",
            "ch01_neural_network.held_number:HeldNumber",
            "ch01_neural_network.forward_pass:NumbersFlowForward",
            "ch01_neural_network.counting:EveryKnobCounted",
            "ch01_neural_network.cards:ReadFromOneNetwork",
        ),
    ),
)

GALLERY = Chapter(
    0,
    "gallery",
    "The kit",
    (),
)
"""Each component of the kit, drawn from real arrays: scenes like any other, though no chapter is made of them."""
