"""Why a program has no optimum, the proof of it, and what looks wrong before it is solved."""
