"""Threads: several threads edit and solve one program, or solve different programs at the same time."""

from __future__ import annotations

import threading
from typing import Callable

from pplp.engines.contract import CancelToken, Engine, Options
from pplp.engines.registry import make_engine
from pplp.form.outcome import Status
from pplp.program import LinearProgram
from pplp.testing.model import Model, le, maximize
from pplp.testing.proof import best_integer, check_optimal


def run_all(*functions: Callable[[], None]) -> None:
    """Run each function in a thread, and raise the first error."""
    errors: list[BaseException] = []

    def guarded(function: Callable[[], None]) -> None:
        try:
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_an_edit_beside_a_solve(engine_name: str) -> None:
    """max x over x <= k while another thread raises k: an answer is between k before and after its solve."""
    lp = LinearProgram(solver=engine_name)
    x, y = lp.Var("x", lb=0), lp.Var("y", lb=0)
    row = lp.add_constraint(x + y <= 0)
    lp.objective = x
    steps = [0]

    def edit() -> None:
        for k in range(1, 101):
            if k % 3 == 0:
                lp.remove(lp.add_constraint(x + k * lp.Var(lb=0, ub=1) <= 5000))
            row.ub = float(k)
            steps[0] = k

    def solve() -> None:
        while steps[0] < 100:
            before = steps[0]
            assert before - 1e-6 <= lp.maximize() <= steps[0] + 1 + 1e-6

    run_all(edit, solve)
    assert abs(lp.maximize() - 100) <= 1e-6


def test_two_threads_on_one_program(engine_name: str) -> None:
    """Two threads set the bound to their own numbers and solve: every answer is one of the numbers."""
    lp = LinearProgram(solver=engine_name)
    x, n = lp.Var("x", lb=0), lp.IntVar("n", lb=0, ub=0)
    row = lp.add_constraint(x + n <= 1)
    lp.objective = x + n
    numbers = [float(k) for k in range(1, 9)]

    def work(own: list[float]) -> None:
        for k in range(40):
            row.ub = own[k % len(own)]
            solution = lp.solve("maximize")
            assert solution.status is Status.OPTIMAL
            assert min(abs(solution.objective - number) for number in numbers) <= 1e-6

    run_all(lambda: work(numbers[:4]), lambda: work(numbers[4:]))


def test_programs_side_by_side(engine_name: str) -> None:
    """Engines in different threads do not mix their answers."""

    def work(share: int) -> None:
        engine = make_engine(engine_name)
        for k in range(10):
            model = maximize([1.0, 1.0], le([1.0, 2.0], 4 + share), le([2.0, 1.0], 4 + k))
            engine.load(model.form())
            check_optimal(model, engine.solve(Options()))
        engine.close()

    run_all(*[lambda share=share: work(share) for share in range(3)])


def test_made_and_used_in_different_threads(engine: Engine) -> None:
    """An engine can be loaded, solved, edited, and closed in different threads."""
    model = maximize([3.0, 2.0], le([1.0, 1.0], 4), le([1.0, 3.0], 6), upper=[3.0, 9.0])
    outcomes = []
    run_all(lambda: engine.load(model.form()))
    run_all(lambda: outcomes.append(engine.solve(Options())))
    check_optimal(model, outcomes[0])

    def edit() -> None:
        engine.update(model.set_row_bounds(0, float("-inf"), 2.0), model.form)
        outcomes.append(engine.solve(Options()))

    run_all(edit)
    check_optimal(model, outcomes[1])


def test_stopped_from_another_thread(engine: Engine) -> None:
    """A token canceled in another thread stops the solve that it is passed to, and no other."""
    model, token = knapsack(), CancelToken()
    engine.load(model.form())
    run_all(token.cancel)
    assert engine.solve(Options(cancel=token)).status is Status.INTERRUPTED
    outcome = engine.solve(Options())
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective == best_integer(model)


def knapsack() -> Model:
    """A knapsack of eight things."""
    weights = [5.0, 7.0, 4.0, 3.0, 9.0, 6.0, 8.0, 2.0]
    return maximize([w + 1 for w in weights], le(weights, 21.0), upper=1, integer=True)
