"""Child processes: none outlives its parent, and each tells how much memory it took."""

import ctypes
import os
import resource
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent ends, however that happens; elsewhere the end of stdin must do.

    The kernel means the parent's thread: whoever starts such a process must do so on a thread that stays.
    """
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died between the two calls
        os.kill(os.getpid(), signal.SIGKILL)


def peak_mb() -> int:
    """The most memory that this process ever held, pages shared with its parent included, in MB."""
    return in_mb(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def in_mb(maxrss: int) -> int:
    """MB from ``ru_maxrss``: bytes on macOS, kilobytes elsewhere."""
    return maxrss // (1_000_000 if sys.platform == "darwin" else 1_000)
