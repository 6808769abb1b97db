"""The ways in which tools look at a program that runs."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

__all__ = ["traced"]


@contextlib.contextmanager
def traced(way: str):
    """In one of the ways in which tools look at a program that runs."""
    if way == "settrace":
        old = sys.gettrace()

        def trace(frame: Any, event: str, value: Any) -> Any:
            if frame.f_code.co_filename != "<chains>":
                return None
            frame.f_trace_opcodes = True
            return trace

        sys.settrace(trace)
        try:
            yield
        finally:
            sys.settrace(old)
    elif way == "setprofile":
        old = sys.getprofile()
        sys.setprofile(lambda *_: None)
        try:
            yield
        finally:
            sys.setprofile(old)
    elif way == "coverage":
        with covered():
            yield
    elif way == "monitoring" and hasattr(sys, "monitoring"):
        with monitored():
            yield
    else:
        yield


def covered() -> Any:
    """Measured by coverage, where that is installed and does not measure already."""
    try:
        from coverage import Coverage
    except ImportError:
        return contextlib.nullcontext()
    if Coverage.current() is not None:
        return contextlib.nullcontext()
    return Coverage(data_file=None, config_file=False).collect()


@contextlib.contextmanager
def monitored():
    """With a callback for every event that there is."""
    tool, events = sys.monitoring, sys.monitoring.events
    tool.use_tool_id(3, "chains")
    every = 0
    for name in dir(events):
        event = getattr(events, name)
        if name.isupper() and isinstance(event, int) and event and not event & (event - 1):
            with contextlib.suppress(ValueError):
                tool.set_events(3, event)
                tool.register_callback(3, event, lambda *_: None)
                every |= event
    try:
        # Old and new events of branches exclude one another.
        tool.set_events(3, every & ~getattr(events, "BRANCH", 0) if hasattr(events, "BRANCH_LEFT") else every)
        yield
    finally:
        tool.set_events(3, 0)
        tool.free_tool_id(3)
