"""Specifics of the executors of dask.distributed: the only module that imports dask."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any, Optional
from weakref import WeakKeyDictionary

__all__ = ["cancel", "submit", "threads_of"]

_keys: WeakKeyDictionary[Future[Any], str] = WeakKeyDictionary()
#: dask warns about tasks larger than this many bytes, because it expects workers to load large data themselves.  A
#: program has to be sent, so the warning is turned off for it.
_LARGE = 1_000_000


def threads_of(executor: Any) -> Optional[int]:
    """The total number of threads of its workers now; None if unknown."""
    try:
        return sum(executor._client.nthreads().values()) or None
    except Exception:  # another version, or a cluster that does not answer: then it is unknown
        return None


def submit(executor: Any, function: Callable[[bytes], bytes], data: bytes) -> Future[Any]:
    """Have the cluster call the function, without a warning about large data."""
    import dask

    # Without a key of its own, this call could be merged with another one with the same data, and be cancelled with it.
    key = f"pplp-{uuid.uuid4().hex}"
    with contextlib.ExitStack() as stack:
        if len(data) > _LARGE:
            limit = {"distributed.admin.large-graph-warning-threshold": 2 * len(data) + _LARGE}
            stack.enter_context(dask.config.set(limit))
        future: Future[Any] = executor.submit(function, data, key=key, pure=False)
    _keys[future] = key
    return future


def cancel(executor: Any, futures: Iterable[Future[Any]]) -> None:
    """Cancel what has not begun, and drop the results of the rest.

    All are cancelled in one call.  A future's own `cancel` would handle one at a time, and dask's thread complains
    about each that ends meanwhile.
    """
    from distributed import Future as Wish

    # If the cluster does not answer, nothing works on them anymore.
    with contextlib.suppress(Exception):
        client = executor._client
        client.cancel([Wish(_keys[future], client) for future in futures if not future.done()])
