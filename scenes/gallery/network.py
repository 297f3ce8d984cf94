"""The gallery's examples of a TensorNetwork."""

import numpy as np
from manim import DOWN, LEFT, UP, Create, FadeIn

from scenes.base import TensorScene
from scenes.kit.network import TensorNetwork, columns
from scenes.kit.typeset import Words
from scenes.theme import BEAT, LARGE, REST


class ProductsRunThroughTheNetwork(TensorScene):
    """One test digit goes forward: each flash is a weight times an activation."""

    needs = ("digit_net", "digit_forward")

    def construct(self) -> None:
        net, forward = self.assets["digit_net"], self.assets["digit_forward"]
        activations = [forward[f"a{layer}"][int(forward["lead"])] for layer in range(4)]  # (784,), (16,), (16,), (10,)
        products = [forward[f"flow{step}"] for step in (1, 2, 3)]  # (16, 784), (16, 16), (10, 16)
        layers = columns(net["sizes"], width=9.6, height=5.4, windows={0: forward["window"]})
        network = TensorNetwork([net[f"w{step}"] for step in (1, 2, 3)], layers=layers).shift(DOWN * 0.15)
        title = Words("Each flash is a weight times an activation", size=LARGE).to_edge(UP, buff=0.38)
        self.open(title, network, asset="digit_forward")
        self.play(network.forward(products, activations))
        self.wait(REST)


class WhatOneNeuronListensTo(TensorScene):
    """The weights into one neuron, and what it and the neuron that moves it most hold."""

    needs = ("digit_net", "digit_forward")

    def construct(self) -> None:
        net, forward = self.assets["digit_net"], self.assets["digit_forward"]
        held = [forward[f"a{layer}"][int(forward["lead"])] for layer in (1, 2, 3)]  # (16,), (16,), (10,)
        network = TensorNetwork([net["w2"], net["w3"]], held, width=9.6, height=5.4).shift(DOWN * 0.15)
        chosen = int(held[1].argmax())
        loudest = int(np.abs(forward["flow2"][chosen]).argmax())
        title = Words("A neuron listens to some neurons more than to others", size=LARGE).to_edge(UP, buff=0.38)
        self.open(title, network, asset="digit_forward")
        box, tags = network.layers[1].box(chosen), (network.layers[1].tag(chosen), network.layers[0].tag(loudest, LEFT))
        self.play(Create(box), network.highlight(1, chosen), run_time=BEAT)
        self.play(*(FadeIn(tag) for tag in tags), run_time=BEAT)
        self.wait(2 * REST)
