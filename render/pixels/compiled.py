"""Functions that numba compiles once and then loads from its cache, sooner than numba does by itself."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from numba import njit
from numba.core import caching
from numba.core.runtime.nrt import rtsys

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(signature: Any) -> Callable[[Function], Function]:
    """Compile a function for one signature, or load it from the cache: ``numba.njit(signature, cache=True)``."""

    def compile_now(function: Function) -> Function:
        dispatcher: Any = njit(nogil=True, error_model="numpy")(function)
        cache: Any = caching
        dispatcher._cache = cache.FunctionCache(dispatcher.py_func)
        dispatcher._cache.load_overload = partial(_load, dispatcher._cache)
        dispatcher.compile(signature)
        dispatcher.disable_compile()
        return cast(Function, dispatcher)

    return compile_now


def _load(cache: Any, signature: Any, target: Any) -> Any:
    """What the cache holds for a signature, else None: then numba compiles.

    Numba's own method first prepares for compiling, which takes longer than all the rest; the compiler does so anyway.
    """
    rtsys.initialize(target)  # the code may allocate arrays
    with cache._guard_against_spurious_io_errors():
        return cache._load_overload(signature, target)
