"""Locks on files and folders that the kernel frees when their holder dies, however that happens."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def hold(path: Path) -> Iterator[bool]:
    """Hold the lock of a file or folder that is there; False if another process or thread has it, or it is gone.

    Programs that are started meanwhile do not inherit the descriptor; a forked child would, so who holds locks never
    forks.
    """
    descriptor = _open(path)
    try:
        yield descriptor is not None and _lock(descriptor, path)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _open(path: Path) -> int | None:
    try:
        return os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None


def _lock(descriptor: int, path: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), path.stat())  # else its last holder has removed it meanwhile
    except (BlockingIOError, FileNotFoundError):
        return False
