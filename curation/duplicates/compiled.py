"""Machine code for the few loops over numbers that no library has."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., object])


def compiled(function: Function) -> Function:
    """`function` as machine code that lets other threads run, kept on disk for the next time."""
    return cast("Function", numba.njit(cache=True, nogil=True)(function))
