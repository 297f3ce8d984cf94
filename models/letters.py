"""The smallest language model: the chance of each letter after each other one, counted in a page of text.

Source: Shannon 1948, "A Mathematical Theory of Communication", section 3, digram structure.
"""

import numpy as np
import torch

SYMBOLS = " abcdefghijklmnopqrstuvwxyz"
TEXT = """
A picture is a grid of numbers, and a network is a long chain of small sums. Each neuron looks at all the numbers
before it, multiplies every one by a weight, adds them up, and passes on a single number of its own. Nothing in there
knows what a digit is. Still, after enough examples, the last row of neurons names the digit that a hand has drawn.
What was learned is not written down anywhere as a rule. It is spread over thousands of weights, each a little too
small to mean anything, and only together do they answer. To learn is to ask, for every weight at once, whether the
mistake would shrink if that weight were a little larger or a little smaller, and then to take a short step that way.
Then the next example comes, and the same question is asked again. After some thousand steps the mistakes are rare.
The machine has never seen the digits that it is tested on, and that is the point: it must not remember, it must find
what the drawings of one digit have in common. A deep network does this in stages. What one layer finds, the next one
builds on, and no one told it what the stages should be. When you look inside you may hope for edges and loops. What
is there is stranger, and it is worth looking at with care, for every number that you see here was really learned.
"""


def bigrams(text: str = TEXT) -> np.ndarray:
    """The chance of each symbol after each other one, (27, 27): previous, next; rows sum to 1.

    Symbols are a space and the letters a to z; anything else counts as a space. One is added to each count (Laplace).
    """
    letters = " ".join("".join(c if c in SYMBOLS else " " for c in text.lower()).split())
    codes = torch.tensor([SYMBOLS.index(c) for c in letters])
    counts = torch.ones(len(SYMBOLS), len(SYMBOLS), dtype=torch.float64)
    counts.index_put_((codes[:-1], codes[1:]), torch.ones(len(codes) - 1, dtype=torch.float64), accumulate=True)
    return (counts / counts.sum(dim=1, keepdim=True)).numpy()


def sample(probability: np.ndarray, length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Symbols drawn one after the other, beginning after a space, (length,), and the number u each was drawn with.

    u in [0, 1) comes from torch's generator with this seed; the symbol is the first whose cumulative chance exceeds u.
    """
    u = torch.rand(length, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).numpy()
    chosen, previous = [], 0
    for draw in u:
        previous = min(int(np.searchsorted(probability[previous].cumsum(), draw, side="right")), len(SYMBOLS) - 1)
        chosen.append(previous)
    return np.array(chosen), u
