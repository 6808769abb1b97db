"""Published problems solve to their published optimum.

The files are not part of the project: `tests/support/instances.py` says where they are looked for, and a test whose
file is absent is skipped, with the package that has it.
"""

from __future__ import annotations

import pytest

from pplp import Status
from pplp.engines.contract import Options
from pplp.engines.registry import make_engine
from pplp.testing.model import Model
from pplp.testing.proof import check_optimal
from tests.support.instances import GLPK_EXAMPLES, found, netlib, program, read

slow = pytest.mark.slow

#: GLPK's examples: the objective that the file or its book says.
GLPK_PUBLISHED = {
    "alloy.mps": 2149.247891,
    "assign.mod": 76,
    "bpp.mod": 3,
    "color.mod": 4,
    "cpp.mod": 46,
    "fctp.mod": 471.55,
    "food.mod": 107842.5926,  # Williams, Model Building in Mathematical Programming
    "food2.mod": 100278.7037,  # the same
    "furnace.mps": 2141.923551,
    "gap.mod": 261,
    "icecream.mps": 962.8214691,
    "jssp.mod": 55,  # Fisher and Thompson, 6 by 6
    "maxcut.mod": 20,
    "maxflow.mod": 29,
    "mfasp.mod": 3,
    "mfvsp.mod": 3,
    "misp.mod": 7,
    "mvcp.mod": 6,
    "queens.mod": 8,  # as many as there are rows
    "sat.mod": 1,
    "spp.mod": 20,
    "stigler.mod": 0.10866227820675685,  # 39.66 dollars a year, in dollars a day
    "transp.mod": 153.675,  # Dantzig, Linear Programming and Extensions
    "tsp.mod": 6859,  # ulysses16 of TSPLIB
}
#: Those that say nothing: by SciPy's HiGHS.  0 is a puzzle without an objective.
GLPK_BY_HIGHS = {
    "cf12a.mod": 11.46625,
    "cf12b.mod": 1.725,
    "cflsq.mod": 0,
    "crypto.mod": 0,
    "dea.mod": 59.63109337359106,
    "diet.mod": 0.13817093550568885,
    "dist.mod": 2369193.444263022,
    "egypt.mod": 58808.371284547364,
    "graceful.mod": 0,
    "magic.mod": 0,
    "min01ks.mod": 20,
    "money.mod": 0,
    "numbrix.mod": 0,
    "pentomino.mod": 0,
    "plan.lp": 296.216606498195,
    "plan.mod": 296.216606498195,
    "plan.mps": 296.216606498195,
    "powpl25h.mod": 203508.3,
    "powplant.mod": 197528.8,
    "prod.mod": 4428412.467590442,
    "qfit.mod": 0,
    "samp1.mps": 73 / 3,
    "samp2.mps": 73 / 3,
    "shiftcov.mod": 73,
    "shikaku.mod": 0,
    "sudoku.mod": 0,
    "tas.mod": 22,
    "tiling.mod": 196,
    "todd.mod": 4190215,
    "toto.mod": 8,
    "train.mod": 129,
    "trick.mod": 8.2,
    "wolfra6d.lp": 44,
    "wolfra6d.mod": 44,
    "xyacfs.mod": 0,
    "yacfs.mod": 0,
    "zebra.mod": 0,
}
#: Left out: cal, graph, huge and sorting are no programs to be solved; hashi, life_goe and planarity are puzzles for
#: which GLPK need not find a point in minutes; murtagh is to be maximised, which MPS cannot say (tested below).
GLPK_SLOW = {"jssp", "numbrix", "pentomino", "sat", "tas", "tiling", "tsp", "food2", "wolfra6d", "misp"}
GLPK_REMEDY = "install Debian's package glpk-utils, or name a directory that has it in PPLP_INSTANCES"

#: Netlib's linear programs: GLPK's own table of 10 digits (glpk-doc, netlib.txt).  Without the objective's constant,
#: which SciPy's files leave out, E226 has the value of Netlib's index; PILOT has that of Koch, The final
#: NETLIB-LP results (2004), and QAP8 the one of Resende's report of the collection.
NETLIB = {
    "25FV47": 5.501845888e3, "80BAU3B": 9.872241924e5, "ADLITTLE": 2.254949632e5, "AFIRO": -4.647531429e2,
    "AGG": -3.599176729e7, "AGG2": -2.023925236e7, "AGG3": 1.031211594e7, "BANDM": -1.586280185e2,
    "BEACONFD": 3.359248581e4, "BLEND": -3.081214985e1, "BNL1": 1.977629562e3, "BNL2": 1.811236540e3,
    "BORE3D": 1.373080394e3, "BRANDY": 1.518509896e3, "CAPRI": 2.690012914e3, "CYCLE": -5.226393025,
    "CZPROB": 2.185196699e6, "D2Q06C": 1.227842108e5, "D6CUBE": 3.154916667e2, "DEGEN2": -1.435178e3,
    "DEGEN3": -9.872940e2, "E226": -1.8751929066e1, "ETAMACRO": -7.557152333e2, "FFFFF800": 5.556795648e5,
    "FINNIS": 1.727910656e5, "FIT1D": -9.146378092e3, "FIT1P": 9.146378092e3, "FIT2D": -6.846429329e4,
    "FIT2P": 6.846429329e4, "GANGES": -1.095857361e5, "GFRD-PNC": 6.902236e6, "GREENBEA": -7.255524813e7,
    "GREENBEB": -4.302260261e6, "GROW15": -1.068709413e8, "GROW22": -1.608343365e8, "GROW7": -4.778781181e7,
    "ISRAEL": -8.966448219e5, "KB2": -1.749900130e3, "LOTFI": -2.526470606e1, "MAROS": -5.806374370e4,
    "MODSZK1": 3.206197291e2, "PEROLD": -9.380755278e3, "PILOT": -5.5748972928e2, "PILOT-JA": -6.113136466e3,
    "PILOT-WE": -2.720107533e6, "PILOT4": -2.581139259e3, "PILOT87": 3.0171034733e2, "PILOTNOV": -4.497276188e3,
    "QAP8": 2.035e2, "RECIPE": -2.666160e2, "SC105": -5.220206121e1, "SC205": -5.220206121e1,
    "SC50A": -6.457507706e1, "SC50B": -7.0e1, "SCAGR25": -1.475343306e7, "SCAGR7": -2.331389824e6,
    "SCFXM1": 1.841675903e4, "SCFXM2": 3.666026156e4, "SCFXM3": 5.490125455e4, "SCORPION": 1.878124823e3,
    "SCRS8": 9.042969538e2, "SCSD1": 8.666666674, "SCSD6": 5.050000008e1, "SCSD8": 9.049999999e2,
    "SCTAP1": 1.412250e3, "SCTAP2": 1.724807143e3, "SCTAP3": 1.424e3, "SHARE1B": -7.658931858e4,
    "SHARE2B": -4.157322407e2, "SHELL": 1.208825346e9, "SHIP04L": 1.793324538e6, "SHIP04S": 1.798714700e6,
    "SHIP08L": 1.909055211e6, "SHIP08S": 1.920098211e6, "SHIP12L": 1.470187919e6, "SHIP12S": 1.489236134e6,
    "SIERRA": 1.539436218e7, "STAIR": -2.512669512e2, "STANDATA": 1.257699500e3, "STANDMPS": 1.406017500e3,
    "STOCFOR1": -4.113197622e4, "STOCFOR2": -3.902440854e4, "TRUSS": 4.588158472e5, "TUFF": 2.921477651e-1,
    "VTP-BASE": 1.298314625e5, "WOOD1P": 1.442902412, "WOODW": 1.304476333,
}  # fmt: skip
#: Those that take less than half a second each, with the proof.
NETLIB_QUICK = {
    "ADLITTLE", "AFIRO", "AGG", "BEACONFD", "BLEND", "BORE3D", "BRANDY", "CAPRI", "E226", "GROW7", "ISRAEL", "KB2",
    "LOTFI", "RECIPE", "SC105", "SC205", "SC50A", "SC50B", "SCAGR25", "SCAGR7", "SCORPION", "SCSD1", "SCTAP1",
    "SHARE1B", "SHARE2B", "STAIR", "STOCFOR1", "VTP-BASE",
}  # fmt: skip
NETLIB_REMEDY = (
    "name a directory with SciPy's sources (benchmarks/benchmarks/linprog_benchmark_files) in PPLP_INSTANCES"
)


def marked(name: str, is_slow: bool) -> object:
    return pytest.param(name, marks=[slow] if is_slow else [])


@pytest.mark.parametrize(
    "name", [marked(n, n.rpartition(".")[0] in GLPK_SLOW) for n in (*GLPK_PUBLISHED, *GLPK_BY_HIGHS)]
)
def test_glpk_example(name):
    """Written as a program of ours, in its own sense."""
    form = read(found(name, GLPK_REMEDY, GLPK_EXAMPLES))
    solution = program(form).solve("maximize" if form.maximize else "minimize")
    expected = {**GLPK_PUBLISHED, **GLPK_BY_HIGHS}[name]
    assert solution.status is Status.OPTIMAL, solution.message
    assert solution.objective == pytest.approx(expected, rel=1e-8 if name in GLPK_BY_HIGHS else 1e-6, abs=1e-9)


def test_murtagh():
    """Murtagh's refinery has the optimum 126.057 when it is maximised, and is unbounded otherwise."""
    lp = program(read(found("murtagh.mps", GLPK_REMEDY, GLPK_EXAMPLES)))
    assert lp.solve("minimize").status is Status.UNBOUNDED
    assert lp.maximize() == pytest.approx(126.057, abs=5e-4)


def solved(form):
    """What the engine says of a form."""
    engine = make_engine("glpk")
    engine.load(form)
    try:
        outcome = engine.solve(Options())
        if outcome.numbers is not None:
            outcome.numbers.duals()  # read before the engine is closed
        return outcome
    finally:
        engine.close()


@pytest.mark.parametrize("name", [marked(name, name not in NETLIB_QUICK) for name in NETLIB])
def test_netlib(name):
    """The optimum, as far as the digits of the table go, and proved by the duals."""
    form = netlib(found(f"{name}.npz", NETLIB_REMEDY))
    outcome = solved(form)
    assert outcome.objective == pytest.approx(NETLIB[name], rel=2e-7)
    check_optimal(Model.of(form), outcome)


#: Netlib's infeasible problems, of SciPy's folder "infeasible".
NETLIB_INFEASIBLE = [
    "bgdbg1", "bgetam", "bgprtr", "box1", "chemcom", "cplex2", "ex72a", "ex73a", "forest6", "galenet", "itest2",
    "itest6", "klein1", "klein2", "mondou2", "qual", "reactor", "refinery", "vol1", "woodinfe",
]  # fmt: skip


@pytest.mark.parametrize("name", NETLIB_INFEASIBLE)
def test_netlib_infeasible(name):
    """There is no point."""
    outcome = solved(netlib(found(f"{name}.npz", NETLIB_REMEDY)))
    assert outcome.status is Status.INFEASIBLE, outcome.message


#: MIPLIB 3: the optima of its own table.
MIPLIB = {
    "dcmulti": 188182, "egout": 568.1007, "flugpl": 1201500, "gen": 112313.3627, "khb05250": 106940226, "lseu": 1120,
    "misc06": 12850.8607, "mod008": 307, "p0033": 3089, "p0201": 7615, "p0282": 258411, "rgn": 82.1999992,
    "stein27": 18, "vpm1": 20, "bell5": 8966406.4915,
}  # fmt: skip
MIPLIB_SLOW = {"bell5", "dcmulti", "lseu", "misc06", "p0201", "stein27"}
MIPLIB_REMEDY = "unpack PyPI's source archive of mip (pip download --no-binary mip mip), and name it in PPLP_INSTANCES"


@pytest.mark.parametrize("name", [marked(name, name in MIPLIB_SLOW) for name in MIPLIB])
def test_miplib(name):
    """The optimum, and a point that holds."""
    form = read(found(f"{name}.mps.gz", MIPLIB_REMEDY))
    outcome = solved(form)
    check_optimal(Model.of(form), outcome)
    assert outcome.objective == pytest.approx(MIPLIB[name], rel=1e-7)
