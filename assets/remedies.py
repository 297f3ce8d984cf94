"""What the system's own errors mean for a user, and what to do about them."""

import errno

REMEDIES = {
    errno.ENOSPC: "free some space; what was finished is kept",
    errno.EDQUOT: "free some space; what was finished is kept",
    errno.EFBIG: "the system limits the size of files; raise the limit",
    errno.EACCES: "make it writable or set TENSORREEL_BUILD to a folder that is",
    errno.EPERM: "make it writable or set TENSORREEL_BUILD to a folder that is",
    errno.EROFS: "set TENSORREEL_BUILD to a folder that can be written",
    errno.ENOTDIR: "a file lies where a folder is needed; move it or choose another folder",
    errno.EEXIST: "a file lies where a folder is needed; move it or choose another folder",
}


def remedy(error: BaseException) -> str:
    """What to do about an error of the system, empty where its own words must do."""
    return REMEDIES.get(error.errno or 0, "") if isinstance(error, OSError) else ""


def sentence(error: BaseException) -> str:
    """One sentence for an expected error, with what to do where the system's own words do not say."""
    if not isinstance(error, OSError):
        return str(error) or type(error).__name__
    place, todo = f" ({error.filename})" if error.filename else "", remedy(error)
    return f"{error.strerror or error}{place}" + (f": {todo}." if todo else ".")
