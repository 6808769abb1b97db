"""What a solve gave, and what an engine says of it, under the name that is documented."""

from pplp.answers.solution import Solution
from pplp.form.outcome import Numbers, Outcome, ReadNumbers, Status

__all__ = ["Numbers", "Outcome", "ReadNumbers", "Solution", "Status"]
