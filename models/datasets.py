"""Real handwritten digits as 28x28 images in [0, 1]: those bundled with scikit-learn, or MNIST from IDX files.

Importing this module and reading data needs numpy only; `augment` imports torch.
Sources: Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten Digits" (UCI), whose test half scikit-learn
ships; LeCun, Cortes and Burges, "The MNIST database of handwritten digits".
"""

import gzip
import hashlib
import http.client
import importlib.metadata
import urllib.request
import uuid
import zlib
from dataclasses import dataclass
from math import prod, radians
from pathlib import Path

import numpy as np

from models.configs import ModelError, Report

Array = np.ndarray
SIDE = 28  # pixels
BUNDLED_TRAIN = 1400  # of 1,797; the other 397 are the test set
MNIST_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"
MNIST_MD5 = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
IDX_UNSIGNED_BYTE = 0x08


@dataclass(frozen=True)
class Digits:
    """Images (example, row, column) float32 in [0, 1] and labels (example) int64 of 0..9, to train and to test on.

    `source` is a sentence for people: where the images come from and how many there are.
    """

    train_images: Array
    train_labels: Array
    test_images: Array
    test_labels: Array
    source: str


def load_digits(data: str, folder: Path, seed: int, report: Report) -> Digits:
    """The 'bundled' or 'mnist' digits; the seed draws the bundled split, MNIST comes with its own.

    The official files of MNIST are fetched when none of them, or only some of them, are there.
    Raises: ModelError when the data cannot be read.
    """
    if data == "bundled":
        return bundled_digits(seed)
    if _missing(folder):
        download_mnist(folder, report)
    return mnist_digits(folder)


def fingerprint(data: str, folder: Path) -> str:
    """What identifies the data without reading it into memory: it changes when the data does.

    For 'bundled' the version of scikit-learn and the digest of its file; for 'mnist' the digests of the files present.
    """
    if data == "bundled":
        digest = _sha256(_bundled_file())
        return f"scikit-learn {importlib.metadata.version('scikit-learn')} {digest}"
    present = [path for name in MNIST_MD5 if (path := _find(folder, name))]
    return " ".join(f"{path.name} {_sha256(path)}" for path in present) or "absent"


def bundled_digits(seed: int) -> Digits:
    """scikit-learn's 1,797 digits of 8x8 made to look like MNIST: 1,400 to train, 397 to test, drawn by the seed.

    People who wrote some of the training digits also wrote some of the test digits.
    """
    table = np.loadtxt(_bundled_file(), delimiter=",", dtype=np.float32)  # (example, 64 pixels of 0..16 and a label)
    images = _like_mnist(table[:, :-1].reshape(-1, 8, 8) / 16)
    labels = table[:, -1].astype(np.int64)
    order = np.random.default_rng([seed, 1]).permutation(len(table))
    train, test = order[:BUNDLED_TRAIN], order[BUNDLED_TRAIN:]
    source = (
        f"{len(table):,} handwritten digits bundled with scikit-learn (UCI), enlarged from 8x8 to 28x28: "
        f"{len(train):,} to train, {len(test):,} to test"
    )
    return Digits(images[train], labels[train], images[test], labels[test], source)


def mnist_digits(folder: Path) -> Digits:
    """MNIST from the four IDX files of a folder, plain or gzip, of any count: train-* to train, t10k-* to test.

    Raises: ModelError that names the file and what is wrong with it.
    """
    paths = {name: _find(folder, name) for name in MNIST_MD5}
    lacking = [name for name, path in paths.items() if path is None]
    if lacking:
        raise ModelError(f"The folder {folder} lacks {', '.join(lacking)}; put the four files of MNIST there.")
    train_images, train_labels, test_images, test_labels = (path for path in paths.values() if path)
    train = _read_pair(train_images, train_labels)
    test = _read_pair(test_images, test_labels)
    source = f"MNIST handwritten digits: {len(train[0]):,} images to train, {len(test[0]):,} to test"
    return Digits(*train, *test, source)


def read_idx(path: Path, dimensions: int) -> Array:
    """The unsigned bytes of an IDX file, plain or gzip, in the shape that its header states.

    Raises: ModelError for a damaged gzip, a wrong magic number, type or number of dimensions, or a wrong size.
    """
    content = _unpacked(path)
    header = 4 + 4 * dimensions
    if len(content) < header:
        raise ModelError(f"{path} holds {len(content)} bytes, and an IDX header has {header}; {_REPLACE}")
    if content[:2] != b"\0\0":
        found = content[:4].hex(" ")
        raise ModelError(f"{path} starts with the bytes {found}, and an IDX file starts with 00 00; {_REPLACE}")
    if content[2] != IDX_UNSIGNED_BYTE:
        raise ModelError(f"{path} holds IDX type 0x{content[2]:02x}, expected 0x08 (unsigned bytes); {_REPLACE}")
    if content[3] != dimensions:
        raise ModelError(f"{path} has {content[3]} dimensions, expected {dimensions}; are images and labels swapped?")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", count=dimensions, offset=4))
    if len(content) - header != prod(shape):
        size, data = " x ".join(map(str, shape)), len(content) - header
        what = "is cut off" if data < prod(shape) else "has bytes to spare"
        raise ModelError(f"{path} {what}: {data} bytes of data, and its header states {size}; {_REPLACE}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def download_mnist(folder: Path, report: Report, base_url: str = MNIST_URL) -> None:
    """Fetches those of the four official files that the folder lacks, each checked by its MD5 before it gets its name.

    Raises: ModelError when the folder holds other files of MNIST, the network fails or a checksum disagrees.
    """
    missing = _missing(folder)
    for name, checksum in MNIST_MD5.items():
        path = _find(folder, name)
        if path and missing and _md5(path.read_bytes()) != checksum:
            raise ModelError(
                f"{path} is not the official file {name} and {', '.join(missing)} is missing, so the four would not "
                f"fit together; add what is missing, or move {path.name} away to have the official files fetched."
            )
    for i, name in enumerate(missing):
        report(i, len(missing), {})
        content = _fetch(base_url + name, folder)
        if _md5(content) != MNIST_MD5[name]:
            found = f"{base_url}{name} has the MD5 {_md5(content)}, expected {MNIST_MD5[name]}"
            raise ModelError(f"{found}; nothing was kept. Try again, or put the file into {folder} yourself.")
        _write(folder / name, content)
    report(len(missing), len(missing), {})


def augment(images: Array, labels: Array, copies: int, seed: int) -> tuple[Array, Array]:
    """The images and `copies` warped versions of each: turned, shifted, scaled and sheared a little, at random.

    Up to 12 degrees, 1.5 pixels, 10 per cent and a shear of 0.1, each to both sides; outside the image is paper, 0.
    """
    rng = np.random.default_rng([seed, 2])
    starts = range(0, len(images), 1000)  # blocks that stay in the processor's cache are three times as fast
    warped = [_warped(images[start : start + 1000], rng) for _ in range(copies) for start in starts]
    return np.concatenate([images, *warped]), np.tile(labels, copies + 1)


_REPLACE = "replace the file, or remove it to have the official one fetched."


def _warped(images: Array, rng: np.random.Generator) -> Array:
    import torch
    from torch.nn import functional

    n = len(images)
    angle = rng.uniform(-radians(12), radians(12), n)
    scale, shear = rng.uniform(0.9, 1.1, n), rng.uniform(-0.1, 0.1, n)
    shift = rng.uniform(-1.5, 1.5, (n, 2)) * 2 / SIDE  # grid_sample's image reaches from -1 to 1
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=-1).reshape(n, 2, 2)
    slant = np.zeros((n, 2, 2)) + np.eye(2)
    slant[:, 0, 1] = shear
    back = turn @ slant / scale[:, None, None]  # (n, 2, 2): where a pixel of the warped image comes from
    warp = np.concatenate([back, -back @ shift[:, :, None]], axis=2)  # (n, 2, 3)
    pictures = torch.from_numpy(images)[:, None]  # (n, 1, row, column)
    grid = functional.affine_grid(torch.from_numpy(warp.astype(np.float32)), list(pictures.shape), align_corners=False)
    warped: Array = functional.grid_sample(pictures, grid, align_corners=False)[:, 0].numpy()
    return warped


def _like_mnist(small: Array) -> Array:
    """From (example, 8, 8) to (example, 28, 28): enlarged to 20x20, sharpened, padded, centred by centre of mass."""
    across = _bicubic(small.shape[-1], 20)
    sharp = 1 / (1 + np.exp(-12 * (across @ small @ across.T - 0.45)))  # (example, 20, 20)
    low, high = sharp.min(axis=(1, 2), keepdims=True), sharp.max(axis=(1, 2), keepdims=True)
    ink = (sharp - low) / (high - low)
    margin = (SIDE - 20) // 2
    places = np.arange(20)
    images = np.zeros((len(small), SIDE, SIDE), np.float32)
    for image, digit in zip(images, ink, strict=True):
        row = (digit.sum(axis=1) @ places) / digit.sum()
        column = (digit.sum(axis=0) @ places) / digit.sum()
        top, left = (int(np.clip(margin + round(9.5 - centre), 0, 2 * margin)) for centre in (row, column))
        image[top : top + 20, left : left + 20] = digit
    return images


def _bicubic(n_from: int, n_to: int) -> Array:
    """The matrix (to, from) of bicubic interpolation with torch's constant, -0.75; edge pixels are repeated."""
    a = -0.75
    matrix = np.zeros((n_to, n_from))
    for i in range(n_to):
        place = (i + 0.5) * n_from / n_to - 0.5
        for j in range(int(np.floor(place)) - 1, int(np.floor(place)) + 3):
            d = abs(place - j)
            near, far = (a + 2) * d**3 - (a + 3) * d**2 + 1, a * (d**3 - 5 * d**2 + 8 * d - 4)
            matrix[i, np.clip(j, 0, n_from - 1)] += near if d <= 1 else far
    return matrix


def _bundled_file() -> Path:
    """scikit-learn's file of digits, found through package metadata: importing sklearn.datasets costs 0.9 s of CPU."""
    try:
        package = importlib.metadata.distribution("scikit-learn")
    except importlib.metadata.PackageNotFoundError:
        raise ModelError("The bundled digits need scikit-learn, which is not installed; run `make setup`.") from None
    path = Path(str(package.locate_file("sklearn/datasets/data/digits.csv.gz")))
    if not path.is_file():
        raise ModelError(f"scikit-learn {package.version} has no digits at {path}; run `make setup` to reinstall it.")
    return path


def _read_pair(images_path: Path, labels_path: Path) -> tuple[Array, Array]:
    images, labels = read_idx(images_path, 3), read_idx(labels_path, 1)
    if images.shape[1:] != (SIDE, SIDE):
        size = " x ".join(map(str, images.shape[1:]))
        raise ModelError(f"{images_path} holds images of {size} pixels, expected {SIDE} x {SIDE}; {_REPLACE}")
    if len(images) != len(labels):
        raise ModelError(
            f"{images_path} holds {len(images)} images and {labels_path} {len(labels)} labels; take both from one set."
        )
    if len(images) == 0:
        raise ModelError(f"{images_path} holds no images; {_REPLACE}")
    if labels.max() > 9:
        i = int(np.argmax(labels > 9))
        raise ModelError(f"{labels_path} has the label {labels[i]} at place {i}, expected 0 to 9; {_REPLACE}")
    return images.astype(np.float32) / 255, labels.astype(np.int64)


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ModelError(f"{path} is a damaged gzip file ({error}); {_REPLACE}") from error


def _find(folder: Path, name: str) -> Path | None:
    """The official name or the same without .gz, whichever is there first."""
    return next((path for path in (folder / name, folder / name.removesuffix(".gz")) if path.is_file()), None)


def _missing(folder: Path) -> list[str]:
    return [name for name in MNIST_MD5 if _find(folder, name) is None]


def _fetch(url: str, folder: Path) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bytes(answer.read())
    except (OSError, http.client.HTTPException) as error:
        raise ModelError(
            f"{url} could not be fetched ({error}); check the network, or put the four files of MNIST into {folder} "
            "or into a folder that TENSORREEL_DATA names, or use digits.data=bundled."
        ) from error


def _write(path: Path, content: bytes) -> None:
    staged = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        staged.write_bytes(content)
        staged.replace(path)
    except OSError as error:
        raise ModelError(f"{path} could not be written ({error}); name another folder in TENSORREEL_DATA.") from error
    finally:
        staged.unlink(missing_ok=True)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
