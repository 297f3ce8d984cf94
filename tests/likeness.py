"""How alike two pictures look."""

import numpy as np


def likeness(one, other):
    """The least mean SSIM over the four channels, with windows of 8 x 8 pixels (Z. Wang et al., 2004)."""

    def mean(channel):
        sums = np.pad(channel, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
        return (sums[8:, 8:] - sums[:-8, 8:] - sums[8:, :-8] + sums[:-8, :-8]) / 64

    found = []
    for a, b in zip(np.moveaxis(one.astype(float), 2, 0), np.moveaxis(other.astype(float), 2, 0), strict=True):
        ma, mb = mean(a), mean(b)
        va, vb, vab = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
        near = (2 * ma * mb + 6.5025) * (2 * vab + 58.5225) / ((ma**2 + mb**2 + 6.5025) * (va + vb + 58.5225))
        found.append(near.mean())
    return min(found)
