"""What an engine of your own is made of, under the name that is documented."""

from pplp.engines.contract import CancelToken, Engine, Options
from pplp.engines.names import check_engine, engine_names
from pplp.engines.progress import Progress
from pplp.engines.registry import make_engine, register_engine

__all__ = [
    "CancelToken",
    "Engine",
    "Options",
    "Progress",
    "check_engine",
    "engine_names",
    "make_engine",
    "register_engine",
]
