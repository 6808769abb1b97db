"""Why a program has no optimum, the proof of it, and what looks wrong before it is solved."""

from pplp.ground.former import successors

__getattr__ = successors(__name__)
