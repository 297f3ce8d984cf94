"""When a process may fork, and how many of its children may draw at once."""

import fcntl
import os
import threading
from pathlib import Path

from render.quality import RenderError

TYPST_THREADS = 2  # it keeps a pool of one or two, idle between compilations


class Slots:
    """Permits to draw, shared by all processes that are forked later; a permit ends with the process that holds it."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.files = [os.memfd_create(f"slot {i}") for i in range(count)]

    def take(self) -> int | None:
        """A permit as a file descriptor, which a forked child inherits and its parent closes; None if all are out."""
        for file in self.files:
            permit = os.open(f"/proc/self/fd/{file}", os.O_RDWR)  # opened anew: locks belong to an opening
            try:
                fcntl.flock(permit, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return permit
            except BlockingIOError:
                os.close(permit)
        return None


def refuse_threads() -> None:
    """Raises: RenderError where a fork would copy locks that another thread holds."""
    if not forkable():
        python, others = threading.active_count(), native_threads() - 1
        raise RenderError(
            f"There are {python} Python threads and {others} more native ones at a fork; "
            f"expected 1 and Typst's {TYPST_THREADS} at most. What starts threads does not belong in a scene."
        )


def forkable() -> bool:
    """Whether this process has one Python thread and no native ones but Typst's."""
    return threading.active_count() == 1 and native_threads() - 1 <= TYPST_THREADS


def native_threads() -> int:
    """How many threads the system counts in this process; 1 where it does not tell."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 1
