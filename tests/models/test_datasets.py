import functools
import gzip
import hashlib
import socket
import struct
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from models import datasets
from models.configs import ModelError
from models.datasets import (
    MNIST_MD5,
    augment,
    bundled_digits,
    download_mnist,
    fingerprint,
    load_digits,
    mnist_digits,
    read_idx,
)

ROOT = Path(__file__).parents[2]
REPLACE = "replace the file, or remove it to have the official one fetched."
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = MNIST_MD5


def nothing(step, steps, figures):
    """A report that nobody reads."""


def idx(array, kind=0x08):
    return struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim, *array.shape) + array.astype(np.uint8).tobytes()


def write_mnist(folder, packed=True, n_train=6, n_test=4):
    """Four small files in MNIST's format; returns the images and labels in them."""
    rng = np.random.default_rng(0)
    written = []
    for name, n in zip(MNIST_MD5, (n_train, n_train, n_test, n_test), strict=True):
        array = rng.integers(0, 256, (n, 28, 28)) if "images" in name else rng.integers(0, 10, n)
        content = gzip.compress(idx(array), mtime=0) if packed else idx(array)
        (folder / (name if packed else name.removesuffix(".gz"))).write_bytes(content)
        written.append(array)
    return written


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A web server on this machine with small files whose checksums count as the official ones."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    site = tmp_path / "site"
    site.mkdir()
    write_mnist(site)
    for name in MNIST_MD5:
        monkeypatch.setitem(MNIST_MD5, name, hashlib.md5((site / name).read_bytes()).hexdigest())

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            """Keeps the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site)) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield site, f"http://127.0.0.1:{http.server_port}/"
        http.shutdown()
        thread.join()


def test_bundled_digits_are_1400_to_train_and_397_to_test_each_once():
    digits = bundled_digits(0)
    assert digits.train_images.shape == (1400, 28, 28)
    assert digits.test_images.shape == (397, 28, 28)
    assert (digits.train_images.dtype, digits.train_labels.dtype) == (np.float32, np.int64)
    together = np.sort(np.concatenate([digits.train_labels, digits.test_labels]))
    other = bundled_digits(1)
    assert np.array_equal(together, np.sort(np.concatenate([other.train_labels, other.test_labels])))
    everything = np.concatenate([digits.train_images, digits.test_images]).reshape(1797, -1)
    assert len(np.unique(everything, axis=0)) == 1797


def test_the_bundled_split_is_drawn_by_the_seed():
    assert np.array_equal(bundled_digits(3).test_images, bundled_digits(3).test_images)
    assert not np.array_equal(bundled_digits(3).test_labels, bundled_digits(4).test_labels)


def test_bundled_digits_are_those_that_scikit_learn_loads():
    from sklearn.datasets import load_digits as reference

    table = np.loadtxt(datasets._bundled_file(), delimiter=",")
    assert np.array_equal(table[:, :-1].reshape(-1, 8, 8), reference().images)
    assert np.array_equal(table[:, -1], reference().target)


def test_enlarging_agrees_with_torchs_bicubic():
    import torch

    small = np.random.default_rng(0).random((3, 8, 8), dtype=np.float32)
    reference = torch.nn.functional.interpolate(torch.from_numpy(small)[:, None], size=(20, 20), mode="bicubic")
    across = datasets._bicubic(8, 20)
    np.testing.assert_allclose(across @ small @ across.T, reference[:, 0], atol=2e-6)


def test_bundled_digits_fill_their_range_and_are_centred_by_mass():
    images = bundled_digits(0).train_images
    assert np.array_equal(images.min(axis=(1, 2)), np.zeros(1400))
    assert np.array_equal(images.max(axis=(1, 2)), np.ones(1400))
    places = np.arange(28)
    rows = images.sum(axis=2) @ places / images.sum(axis=(1, 2))
    columns = images.sum(axis=1) @ places / images.sum(axis=(1, 2))
    assert np.abs(np.stack([rows, columns]) - 13.5).max() <= 0.51


@pytest.mark.parametrize("packed", [True, False])
def test_mnist_is_read_packed_or_plain_with_any_count(tmp_path, packed):
    train_images, train_labels, test_images, test_labels = write_mnist(tmp_path, packed)
    digits = mnist_digits(tmp_path)
    assert np.array_equal(digits.train_images, train_images.astype(np.float32) / 255)
    assert np.array_equal(digits.test_images, test_images.astype(np.float32) / 255)
    assert np.array_equal(digits.train_labels, train_labels)
    assert np.array_equal(digits.test_labels, test_labels)
    assert digits.source == "MNIST handwritten digits: 6 images to train, 4 to test"


IMAGES = np.zeros((3, 28, 28))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\0\0\x08", f"holds 3 bytes, and an IDX header has 16; {REPLACE}"),
        (b"<html>nothing here", f"starts with the bytes 3c 68 74 6d, and an IDX file starts with 00 00; {REPLACE}"),
        (idx(IMAGES, kind=0x0D), f"holds IDX type 0x0d, expected 0x08 (unsigned bytes); {REPLACE}"),
        (idx(np.zeros(30)), "has 1 dimensions, expected 3; are images and labels swapped?"),
        (idx(IMAGES)[:-1], f"is cut off: 2351 bytes of data, and its header states 3 x 28 x 28; {REPLACE}"),
        (idx(IMAGES) + b"\0", f"has bytes to spare: 2353 bytes of data, and its header states 3 x 28 x 28; {REPLACE}"),
        (
            gzip.compress(idx(IMAGES), mtime=0)[:-9],
            "is a damaged gzip file (Compressed file ended before the end-of-stream marker was reached); " + REPLACE,
        ),
    ],
)
def test_a_damaged_idx_file_is_named_with_what_was_found(tmp_path, content, message):
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(ModelError) as raised:
        read_idx(path, 3)
    assert str(raised.value) == f"{path} {message}"


def test_a_gzip_file_with_a_flipped_bit_is_named(tmp_path):
    content = bytearray(gzip.compress(idx(np.arange(3 * 784).reshape(3, 28, 28) % 251)))
    content[len(content) // 2] ^= 1
    path = tmp_path / "file.gz"
    path.write_bytes(content)
    with pytest.raises(ModelError) as raised:
        read_idx(path, 3)
    assert str(raised.value).startswith(f"{path} is a damaged gzip file (")


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        (TRAIN_LABELS, np.array([1, 2, 3, 4, 10, 5]), f"{{}} has the label 10 at place 4, expected 0 to 9; {REPLACE}"),
        (TRAIN_IMAGES, np.zeros((6, 32, 28)), f"{{}} holds images of 32 x 28 pixels, expected 28 x 28; {REPLACE}"),
        (TEST_LABELS, np.array([1, 2]), "images and {} 2 labels; take both from one set."),
    ],
)
def test_files_that_do_not_fit_are_named(tmp_path, name, array, message):
    write_mnist(tmp_path)
    path = tmp_path / name
    path.write_bytes(idx(array))
    with pytest.raises(ModelError) as raised:
        mnist_digits(tmp_path)
    assert str(raised.value).endswith(message.format(path))


def test_empty_files_of_mnist_are_refused(tmp_path):
    write_mnist(tmp_path, n_train=0)
    with pytest.raises(ModelError) as raised:
        mnist_digits(tmp_path)
    assert str(raised.value) == f"{tmp_path / TRAIN_IMAGES} holds no images; {REPLACE}"


def test_missing_files_of_mnist_are_listed(tmp_path):
    write_mnist(tmp_path)
    (tmp_path / TEST_LABELS).unlink()
    with pytest.raises(ModelError) as raised:
        mnist_digits(tmp_path)
    assert str(raised.value) == f"The folder {tmp_path} lacks {TEST_LABELS}; put the four files of MNIST there."


def test_all_four_files_are_fetched_and_keep_no_temporary_names(tmp_path, server):
    site, url = server
    reports = []
    folder = tmp_path / "new" / "data"
    download_mnist(folder, lambda step, steps, figures: reports.append((step, steps)), url)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in site.iterdir()
    }
    assert reports == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


def test_only_missing_files_are_fetched(tmp_path, server):
    site, url = server
    (tmp_path / TEST_IMAGES).write_bytes((site / TEST_IMAGES).read_bytes())
    (site / TEST_IMAGES).unlink()
    download_mnist(tmp_path, nothing, url)
    assert len(mnist_digits(tmp_path).test_images) == 4


def test_official_files_are_not_mixed_with_others(tmp_path, server):
    (tmp_path / TRAIN_LABELS.removesuffix(".gz")).write_bytes(idx(np.array([1, 2])))
    with pytest.raises(ModelError) as raised:
        download_mnist(tmp_path, nothing, server[1])
    own = tmp_path / TRAIN_LABELS.removesuffix(".gz")
    assert str(raised.value) == (
        f"{own} is not the official file {TRAIN_LABELS} and {TRAIN_IMAGES}, {TEST_IMAGES}, {TEST_LABELS} is missing, "
        f"so the four would not fit together; add what is missing, or move {own.name} away to have the official files "
        "fetched."
    )


def test_a_wrong_checksum_keeps_nothing(tmp_path, server):
    site, url = server
    (site / TRAIN_IMAGES).write_bytes(b"a portal's login page")
    found, expected = hashlib.md5(b"a portal's login page").hexdigest(), MNIST_MD5[TRAIN_IMAGES]
    folder = tmp_path / "data"
    with pytest.raises(ModelError) as raised:
        download_mnist(folder, nothing, url)
    assert str(raised.value) == (
        f"{url}{TRAIN_IMAGES} has the MD5 {found}, expected {expected}; nothing was kept. "
        f"Try again, or put the file into {folder} yourself."
    )
    assert not folder.exists()


def test_a_network_that_cannot_be_reached_is_named_with_what_else_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    with pytest.raises(ModelError) as raised:
        download_mnist(tmp_path, nothing, url)
    message = str(raised.value)
    assert message.startswith(f"{url}{TRAIN_IMAGES} could not be fetched (")
    assert message.endswith(
        f"check the network, or put the four files of MNIST into {tmp_path} or into a folder that TENSORREEL_DATA "
        "names, or use digits.data=bundled."
    )
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_there_are_read_without_a_network(tmp_path):
    write_mnist(tmp_path)
    assert len(load_digits("mnist", tmp_path, 0, nothing).train_images) == 6


def test_the_fingerprint_of_mnist_follows_its_files(tmp_path):
    assert fingerprint("mnist", tmp_path) == "absent"
    write_mnist(tmp_path)
    before = fingerprint("mnist", tmp_path)
    assert before.count(" ") == 7
    (tmp_path / TEST_LABELS).write_bytes(idx(np.array([1, 2, 3, 4])))
    assert fingerprint("mnist", tmp_path) != before


def test_bundled_digits_and_fingerprints_need_neither_torch_nor_sklearn():
    code = (
        "import sys; sys.modules['torch'] = sys.modules['sklearn'] = None\n"
        "from pathlib import Path; from models.datasets import bundled_digits, fingerprint\n"
        "bundled_digits(0); print(fingerprint('bundled', Path('.')))"
    )
    answer = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert answer.strip() == fingerprint("bundled", Path())
    package, version, digest = answer.split()
    assert (package, len(digest)) == ("scikit-learn", 64)


def test_augmenting_keeps_the_originals_and_repeats_the_labels():
    digits = bundled_digits(0)
    images, labels = augment(digits.train_images, digits.train_labels, copies=2, seed=0)
    assert (images.shape, images.dtype) == ((4200, 28, 28), np.float32)
    assert np.array_equal(images[:1400], digits.train_images)
    assert np.array_equal(labels, np.concatenate([digits.train_labels] * 3))
    assert images.min() >= 0
    assert images.max() <= 1


def test_augmenting_is_drawn_by_the_seed():
    digits = bundled_digits(0)
    images, labels = digits.train_images[:50], digits.train_labels[:50]
    first, again, other = (augment(images, labels, 1, seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_warped_dot_stays_within_the_stated_bounds():
    dot = np.zeros((2000, 28, 28), np.float32)
    dot[:, 13:15, 13:15] = 1  # at the centre, where only shifts move it
    warped, _ = augment(dot, np.zeros(2000, np.int64), copies=1, seed=0)
    moved = warped[2000:]
    rows = moved.sum(axis=2) @ np.arange(28) / moved.sum(axis=(1, 2)) - 13.5
    columns = moved.sum(axis=1) @ np.arange(28) / moved.sum(axis=(1, 2)) - 13.5
    for shift in (rows, columns):
        assert 1.4 < np.abs(shift).max() < 1.6  # 1.5 pixels, and a little because pixels are coarse
        assert abs(shift.mean()) < 0.1


def test_no_copies_are_no_change():
    digits = bundled_digits(0)
    images, labels = augment(digits.train_images, digits.train_labels, copies=0, seed=0)
    assert np.array_equal(images, digits.train_images)
    assert np.array_equal(labels, digits.train_labels)
