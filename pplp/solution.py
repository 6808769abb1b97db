"""What a solve gave: `pplp.answers.solution` under the name that is documented."""

from pplp.answers.solution import Numbers, Outcome, ReadNumbers, Solution, Status

__all__ = ["Numbers", "Outcome", "ReadNumbers", "Solution", "Status"]
