"""Made-up parts, kernels, maps and weights, for the scenes about what layers may find."""

import numpy as np

from assets.store import Asset, make_asset

FACTS = {
    "model": "made up",
    "changes": "",
    "data": "bundled",
    "data_source": "pictures made up for this test",
    "seed": 0,
    "step": 330,
    "test_accuracy": 0.957,
}
SOBEL = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def assets(seed: int) -> dict[str, Asset]:
    """Parts that add up to a picture, edges that are those of Sobel's kernel, and random kernels, maps and weights."""
    rng = np.random.default_rng([seed, 4])
    parts = np.zeros((16, 28, 28))
    parts[:, 4:24, 6:22] = rng.uniform(size=(16, 20, 16)) ** 4
    parts /= parts.max(axis=(1, 2), keepdims=True)
    images = np.zeros((3, 28, 28))
    images[:, 4:24, 8:20] = rng.uniform(size=(3, 20, 12))
    coefficients = rng.uniform(0.01, 0.9, size=(3, 16))
    rebuilt = np.tensordot(coefficients, parts, 1)
    found = {
        "parts": parts,
        "images": images,
        "label": np.array([9, 8, 4]),
        "coefficients": coefficients,
        "rebuilt": rebuilt,
        "error": np.abs(images - rebuilt).sum(axis=(1, 2)) / images.sum(axis=(1, 2)),
        "strongest": np.argsort(-coefficients[0])[:4],
        "count": np.array(16),
    }
    arrays = {"digit_parts": found, "kernel_maps": kernel_maps(rng, images[0]), "digit_blotches": blotches(rng)}
    return {name: make_asset(name, given, {}, {}, FACTS) for name, given in arrays.items()}


def kernel_maps(rng: np.random.Generator, image: np.ndarray) -> dict[str, np.ndarray]:
    """A picture's edges, worked out one by one, and random kernels with random maps."""
    padded, edges = np.pad(image, 1), np.zeros_like(image)
    for row, column in np.ndindex(28, 28):
        edges[row, column] = (SOBEL * padded[row : row + 3, column : column + 3]).sum()
    spot = np.array(np.unravel_index(np.abs(edges).argmax(), edges.shape)) - 1
    products = SOBEL * image[spot[0] : spot[0] + 3, spot[1] : spot[1] + 3]
    return {
        "image": image,
        "label": np.array(9),
        "sobel": SOBEL,
        "edges": edges,
        "spot": spot,
        "products": products,
        "sum": products.sum(),
        "kernels": rng.normal(size=(8, 5, 5)),
        "nearest": rng.normal(size=(8, 5, 5)),
        "likeness": np.sort(rng.uniform(0.1, 0.95, size=8))[::-1],
        "chance": np.array(0.24),
        "clear": np.array(4),
        "clear_from": np.array(0.5),
        "count": np.array(8),
        "responses": rng.normal(size=(8, 28, 28)),
        "maps1": rng.uniform(0, 2, size=(8, 14, 14)),
        "maps2": rng.uniform(0, 3, size=(16, 7, 7)),
        "answer": np.array(int(rng.integers(10))),
        "test_accuracy": np.array(0.972),
    }


def blotches(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Some neurons of a layer of sixteen and a reach that is no rectangle."""
    reach = np.zeros((28, 28), dtype=bool)
    reach[4:24, 7:21] = rng.uniform(size=(20, 14)) < 0.9
    return {
        "reach": reach,
        "neurons": np.arange(16),
        "weights": rng.normal(size=(16, 28, 28)) * reach,
        "start": rng.normal(size=(16, 28, 28)) * reach,
        "alike": np.array(0.67),
        "alike_start": np.array(-0.01),
        "match": rng.uniform(0.2, 0.5, size=16),
        "best_match": np.array(0.48),
        "spread": rng.integers(100, 200, size=16),
        "test_accuracy": np.array(0.957),
        "hidden": np.array(16),
        "count": np.array(16),
    }
