"""MPS: the format that every solver reads, free and fixed.

    NAME plan                                 free: fields between blanks, names of any length
    OBJSENSE                                  fixed: fields in the columns 2-3, 5-12, 15-22, 25-36, 40-47, 50-61
        MAX
    ROWS
     N profit                                 N: the first is the objective, others are rows without bounds
     L steel                                  L: <=   G: >=   E: =
    COLUMNS
        M1 'MARKER' 'INTORG'                  integer from here to 'INTEND'
        x profit 3 steel 1
        M2 'MARKER' 'INTEND'
    RHS
        RHS steel 8 profit 7                  the objective's is minus its constant
    RANGES
        RNG steel 4                           L: [b-|r|, b]   G: [b, b+|r|]   E: [b, b+r], or [b+r, b] where r < 0
    BOUNDS
     UP BND x 40
    SOS
     S1 one                                   S1: at most one is not 0   S2: two, next to each other by weight
        x 1
    INDICATORS
     IF steel open 1                          the row must hold only where the binary column has this value
    ENDATA

Where manuals and other readers differ, pplp reads as follows.

- A variable has the bounds 0 and infinity; an integer one of MARKER without a line in BOUNDS has 0 and 1.
- Each line in BOUNDS states one or two sides: UP the upper one, LO the lower one, FX both, MI, PL and FR that the lower
  one, the upper one or both are infinite; LI and UI are LO and UP of an integer variable.  A side that is stated twice
  is refused, unless the value is the same.  BV makes the variable integer and cuts its bounds to 0..1.  SC and SI state
  the upper bound of a variable that is 0 or between its bounds; with SI it is integer.
- UP below 0 without a lower bound makes the lower bound -infinity, with a warning, as in CPLEX and Gurobi.  In HiGHS,
SCIP and GLPK the lower bound stays 0, and the program is infeasible.
- A column that only BOUNDS names is added, with a warning, as in HiGHS and SCIP.
- The names of sets in RHS, RANGES and BOUNDS are ignored: all entries count, as in HiGHS and Gurobi, with a warning
if there are several sets.  A row or a bound that two of them state differently is refused.
- A word that begins with `$` after the first name of a line begins a comment, unless a row or column has that name.
- In fixed MPS a blank column name stands for the one on the line before.  Numbers may extend beyond their columns
unless they meet other text, and MARKER lines may be anywhere; all else beyond the columns is refused.
- LAZYCONS and USERCUTS are rows like those of ROWS.
- Numbers of 1e20 and more are infinite, unless the file was written by pplp.
"""

from __future__ import annotations

from pplp.formats.mps.reader import read_fixed_mps, read_mps
from pplp.formats.mps.writer import written_fixed_mps, written_mps

__all__ = ["read_fixed_mps", "read_mps", "written_fixed_mps", "written_mps"]
