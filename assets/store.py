"""The content-addressed store: every generated object under the digest of its bytes, and assets read from it.

Layout below the root: ``objects/ab/<sha256>.<suffix>`` (never changed once written), ``verified/`` (size, mtime and
inode of files whose digest was checked), ``records/`` (what each job read and wrote), ``refs/<recipe>`` (object id of
the current asset), ``locks/`` and ``tmp/`` (folders of running commands, each held by a lock). Scenes open assets
through this module and import nothing else of ``assets``.
"""

import errno
import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from assets.locks import hold
from models.suggest import did_you_mean

HEADER = "tensorreel"  # one metadata entry: safetensors writes several in random order, which would change the digest
CHUNK_BYTES = 1 << 20
LOCK_POLL_S = 0.1


class AssetError(Exception):
    """An asset or stored object is missing, damaged or not what its recipe declared."""


def sha256(data: bytes) -> str:
    """Hex SHA-256 of bytes: the name of every stored object."""
    return hashlib.sha256(data).hexdigest()


def array_digest(array: np.ndarray) -> str:
    """Hex SHA-256 of dtype, shape and C-order bytes, so equal arrays in other memory order have equal digests."""
    head = f"{array.dtype.str} {array.shape} ".encode()
    return sha256(head + np.ascontiguousarray(array).tobytes())


def file_digest(path: Path) -> str:
    """Hex SHA-256 of a file's bytes, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(CHUNK_BYTES):
            digest.update(block)
    return digest.hexdigest()


class Store:
    """A folder of objects named by their content, safe for several processes at once.

    Writes go to a temporary name, are fsynced and renamed, so a reader never sees half a file.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def path(self, object_id: str) -> Path:
        """Where an object lies, whether or not it is there."""
        return self.root / "objects" / object_id[:2] / object_id

    def put(self, data: bytes, suffix: str) -> str:
        """Store bytes and return their object id, ``<sha256>.<suffix>``."""
        object_id = f"{sha256(data)}.{suffix}"
        if not self.intact(object_id):
            self.write(self.path(object_id), data)
            self._mark(self.path(object_id), object_id)
        return object_id

    def put_file(self, path: Path, suffix: str) -> str:
        """Move a finished file into the store and return its object id."""
        object_id = f"{file_digest(path)}.{suffix}"
        if self.intact(object_id):
            path.unlink()
            return object_id
        target = self.path(object_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        with self.scratch() as folder:
            staged = folder / "object"
            shutil.move(path, staged)
            with staged.open("rb") as file:
                os.fsync(file.fileno())
            staged.replace(target)
        self._mark(target, object_id)
        return object_id

    def read(self, object_id: str) -> bytes:
        """The object's bytes, checked against its name.

        Raises: AssetError if the object is absent or damaged.
        """
        try:
            data = self.path(object_id).read_bytes()
        except FileNotFoundError:
            raise AssetError(
                f"The stored object {object_id} is missing; run the command again to rebuild it."
            ) from None
        if sha256(data) != object_id.split(".")[0]:
            self._unmark(self.path(object_id))
            raise AssetError(f"The stored object {object_id} is damaged; run the command again to rebuild it.")
        return data

    def intact(self, object_id: str) -> bool:
        """Whether the object is there whole: trusts size, mtime and inode of an earlier check, else hashes the file."""
        return self.same(self.path(object_id), object_id)

    def same(self, path: Path, object_id: str) -> bool:
        """Whether any file, in the store or published from it, still has this object's content."""
        try:
            stat = path.stat()
        except OSError:
            return False
        seen = f"{object_id} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
        mark = self._mark_path(path)
        if mark.exists() and mark.read_text() == seen:
            return True
        if file_digest(path) != object_id.split(".")[0]:
            return False
        self._mark(path, object_id)
        return True

    def publish(self, object_id: str, path: Path) -> None:
        """Copy an object to a path that people open, unless the same content is there already."""
        if self.same(path, object_id):
            return
        if not self.intact(object_id):
            raise AssetError(f"The stored object {object_id} is damaged; run the command again to rebuild it.")
        path.parent.mkdir(parents=True, exist_ok=True)
        staged = path.with_name(f".{path.name}.part")  # always the same name: after a kill, the next command tidies up
        with self.lock(f"publish {path.absolute()}"):
            try:
                shutil.copyfile(self.path(object_id), staged)
                staged.replace(path)
            finally:
                staged.unlink(missing_ok=True)
        self._mark(path, object_id)

    def write(self, path: Path, data: bytes) -> None:
        """Write a whole file or nothing: temporary name, fsync, rename."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with self.scratch() as folder:
            staged = folder / "file"
            with staged.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            staged.replace(path)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An empty folder inside the store, so that a rename into place never crosses file systems; removed afterwards.

        Its holder keeps a lock on it, which the kernel frees when the holder dies: see ``sweep``.
        """
        while True:
            folder = self.root / "tmp" / uuid.uuid4().hex
            folder.mkdir(parents=True)
            with hold(folder) as held:
                if not held:  # a sweep came between the two calls
                    continue
                try:
                    yield folder
                finally:
                    shutil.rmtree(folder, ignore_errors=True)
                return

    def sweep(self) -> None:
        """Remove what commands that were killed left in the store's temporary folder."""
        for rest in (self.root / "tmp").glob("*"):
            with hold(rest) as held:
                if held and rest.is_dir():
                    shutil.rmtree(rest, ignore_errors=True)
                elif held:
                    rest.unlink(missing_ok=True)

    @contextmanager
    def lock(self, name: str, waiting: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the lock of one job against every other process and thread; the kernel frees it if the holder dies.

        ``waiting`` is called ten times a second while another holds it, and may raise to give up.
        """
        path = self.root / "locks" / f"{sha256(name.encode())[:24]}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            path.touch()
            with hold(path) as held:
                if held:
                    try:
                        yield
                    finally:
                        path.unlink(missing_ok=True)
                    return
            if waiting is not None:
                waiting()
            time.sleep(LOCK_POLL_S)

    def ref(self, recipe: str) -> str | None:
        """Object id of a recipe's current asset, None before it was built."""
        path = self.root / "refs" / recipe
        return path.read_text() if path.exists() else None

    def set_ref(self, recipe: str, object_id: str) -> None:
        """Name the current asset of a recipe; plain ``manim render`` opens what is named here."""
        self.write(self.root / "refs" / recipe, object_id.encode())

    def _mark_path(self, path: Path) -> Path:
        return self.root / "verified" / sha256(str(path.absolute()).encode())[:32]

    def _mark(self, path: Path, object_id: str) -> None:
        stat = path.stat()
        seen = f"{object_id} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
        try:
            self.write(self._mark_path(path), seen.encode())
        except OSError as error:
            if error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}:
                raise
            # a read-only store still answers; the next look hashes the file again

    def _unmark(self, path: Path) -> None:
        with suppress(OSError):  # a read-only store cannot forget, and must still say what is damaged
            self._mark_path(path).unlink(missing_ok=True)


@dataclass(frozen=True)
class Asset:
    """The frozen result of a recipe: named arrays with axis names, units and provenance.

    Arrays are read-only. ``provenance`` holds model, config, seed, step, data source and the figures that matter, as
    JSON values. ``digests`` covers each array with its axes and units, and each fact as ``provenance.<name>``.
    """

    name: str
    digest: str
    arrays: Mapping[str, np.ndarray] = field(repr=False)
    axes: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str]
    provenance: Mapping[str, Any] = field(repr=False)
    digests: Mapping[str, str] = field(repr=False)

    def __getitem__(self, array: str) -> np.ndarray:
        if array not in self.arrays:
            raise AssetError(
                f"The asset '{self.name}' has no array '{array}'; it holds {', '.join(sorted(self.arrays))}."
                + did_you_mean(array, self.arrays)
            )
        return self.arrays[array]


class Watched(Mapping[str, Any]):
    """A mapping that tells which of its values were taken."""

    def __init__(self, values: Mapping[str, Any], told: Callable[[str], None]) -> None:
        self.values_by_name, self.told = values, told

    def __getitem__(self, name: str) -> Any:
        value = self.values_by_name[name]
        self.told(name)
        return value

    def __contains__(self, name: object) -> bool:
        return name in self.values_by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)


class Assets(Mapping[str, Asset]):
    """The assets that a scene may use, and a record of the arrays and facts that it did use.

    ``reads`` maps ``asset.array`` and ``asset.provenance.fact`` to the digest of what was read.
    """

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self.reads: dict[str, str] = {}
        self._assets = {name: self._watched(asset) for name, asset in assets.items()}

    def _watched(self, asset: Asset) -> Asset:
        def note(what: str) -> None:
            self.reads[f"{asset.name}.{what}"] = asset.digests[what]

        arrays = Watched(asset.arrays, note)
        provenance = Watched(asset.provenance, lambda fact: note(f"provenance.{fact}"))
        return Asset(asset.name, asset.digest, arrays, asset.axes, asset.units, provenance, asset.digests)

    def __getitem__(self, name: str) -> Asset:
        if name not in self._assets:
            have = ", ".join(sorted(self._assets)) or "none"
            raise AssetError(
                f"The asset '{name}' is not here (there: {have}); name it in the scene's `needs` and run "
                f"`tensorreel assets {name}`." + did_you_mean(name, self._assets)
            )
        return self._assets[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._assets)

    def __len__(self) -> int:
        return len(self._assets)


def make_asset(
    name: str,
    arrays: Mapping[str, np.ndarray],
    axes: Mapping[str, tuple[str, ...]],
    units: Mapping[str, str] | None = None,
    provenance: Mapping[str, Any] | None = None,
    digest: str = "",
) -> Asset:
    """An asset from arrays in memory: how recipes' results are frozen and how tests hand a scene other numbers."""
    units = dict(units or {})
    facts = dict(provenance or {})
    frozen = {key: np.array(arrays[key], order="C") for key in sorted(arrays)}
    for array in frozen.values():
        array.setflags(write=False)
    named = {key: tuple(axes.get(key, ())) for key in frozen}
    digests = {
        key: sha256(f"{array_digest(array)} {named[key]} {units.get(key, '')}".encode())[:24]
        for key, array in frozen.items()
    }
    for name_of_fact, fact in facts.items():
        digests[f"provenance.{name_of_fact}"] = sha256(json.dumps(fact, sort_keys=True).encode())[:24]
    return Asset(name, digest, frozen, named, units, facts, digests)


def save_asset(
    store: Store,
    name: str,
    arrays: Mapping[str, np.ndarray],
    axes: Mapping[str, tuple[str, ...]],
    units: Mapping[str, str],
    provenance: Mapping[str, Any],
) -> str:
    """Write an asset as safetensors and return its object id; equal contents give equal ids."""
    header = {"name": name, "axes": {k: list(v) for k, v in axes.items()}, "units": units, "provenance": provenance}
    ordered = {key: np.ascontiguousarray(arrays[key]).reshape(np.shape(arrays[key])) for key in sorted(arrays)}
    return store.put(save(ordered, {HEADER: json.dumps(header, sort_keys=True)}), "safetensors")


def load_asset(store: Store, name: str, object_id: str) -> Asset:
    """Open an asset by object id, its bytes checked against the digest.

    Raises: AssetError if the object is absent, damaged or another recipe's.
    """
    data = store.read(object_id)
    try:
        arrays = load(data)
        size = int.from_bytes(data[:8], "little")
        header = json.loads(json.loads(data[8 : 8 + size])["__metadata__"][HEADER])
    except (SafetensorError, KeyError, ValueError) as error:
        raise AssetError(f"The object {object_id} is no asset of tensorreel: {error}.") from error
    if header["name"] != name:
        raise AssetError(f"The object {object_id} holds the asset '{header['name']}', not '{name}'.")
    axes = {key: tuple(value) for key, value in header["axes"].items()}
    return make_asset(name, arrays, axes, header["units"], header["provenance"], object_id.split(".")[0])


def current_assets(store: Store, names: Sequence[str]) -> Assets:
    """The current assets by name, through ``refs``: what a scene opens in plain ``manim render``.

    Raises: AssetError if one was never built.
    """
    opened = {}
    for name in names:
        object_id = store.ref(name)
        if object_id is None:
            raise AssetError(f"The asset '{name}' was never built in {store.root}; run `tensorreel assets {name}`.")
        opened[name] = load_asset(store, name, object_id)
    return Assets(opened)
