r"""How notebooks draw each type of object.

>>> from pplp import LinearProgram
>>> x = LinearProgram().Var("x")
>>> html(2*x <= 3) == formula_html(2*x <= 3), latex(2*x <= 3)
(True, '$2\\,x \\le 3$')
"""

from __future__ import annotations

from typing import Any, Callable, Optional

from pplp.core.turns import reads
from pplp.display.html import array_html, formula_html, program_html, report_html, sensitivity_html, solution_html
from pplp.display.latex import array_latex, formula_latex, program_latex, solution_latex

__all__ = ["DRAWINGS", "html", "latex"]

_Draw = Callable[[Any], str]

#: type -> how it and its subclasses are drawn in HTML, and in LaTeX.  The types are given by name, because some need
#: numpy, and none should be imported to show another.
DRAWINGS: dict[str, tuple[_Draw, Optional[_Draw]]] = {
    "pplp.core.expressions.LinearExpression": (formula_html, formula_latex),
    "pplp.core.relations.Relation": (formula_html, formula_latex),
    "pplp.core.constraints.Constraint": (formula_html, formula_latex),
    "pplp.arrays.operators.ArrayOperators": (array_html, array_latex),
    "pplp.arrays.relation_arrays.RelationArray": (array_html, array_latex),
    "pplp.arrays.constraint_arrays.ConstraintArray": (array_html, array_latex),
    "pplp.arrays.keyed.VariableMap": (array_html, array_latex),
    "pplp.arrays.labelled_constraints.LabelledConstraints": (array_html, array_latex),
    "pplp.program.LinearProgram": (reads(program_html), reads(program_latex)),
    "pplp.answers.solution.Solution": (solution_html, solution_latex),
    "pplp.answers.sensitivity.Sensitivity": (sensitivity_html, None),
    "pplp.diagnosis.explanation.Explanation": (report_html, None),
    "pplp.diagnosis.lint.Findings": (report_html, None),
}


def html(thing: Any) -> str:
    """The object as an HTML fragment."""
    return _drawing(thing)[0](thing)


def latex(thing: Any) -> str:
    """The object as LaTeX, between dollars."""
    draw = _drawing(thing)[1]
    assert draw is not None, "only types that have a LaTeX drawing ask for one"
    return draw(thing)


def _drawing(thing: Any) -> tuple[_Draw, Optional[_Draw]]:
    names = (f"{kind.__module__}.{kind.__qualname__}" for kind in type(thing).__mro__)
    return next(DRAWINGS[name] for name in names if name in DRAWINGS)
