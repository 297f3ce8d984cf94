"""A made-up count of trained networks."""

import numpy as np

from assets.store import Asset, make_asset


def assets(seed: int) -> dict[str, Asset]:
    """The count that the end card reads."""
    counts = {"others": np.array(60 + seed), "total": np.array(61 + seed)}
    return {"trained_networks": make_asset("trained_networks", counts, {}, {}, {})}
