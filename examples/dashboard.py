"""Dashboard: watch a hard program while it is solved, cancel it after a while, and keep the best plan found so far.

    minimize    makespan
    subject to  makespan >= the greatest load of a machine
                load[machine] = sum of minutes[job] * does[machine, job]
                sum over machines of does[machine, job] = 1   for every job
                does is 0 or 1

Every job takes an even number of minutes, and three machines share 1001 pairs of minutes.  So no plan takes less than
668 minutes: some machine has at least 334 pairs, because 3 * 333 = 999 is too few.  The solver does not count in
pairs; its bound is 2002 / 3 = 667.33, and it would search for years for something better than 668.
"""

import sys
import threading

from pplp import LinearProgram, Progress, Status, dot, maximum

PAIRS = [88, 75, 73, 69, 67, 59, 58, 52, 51, 49, 47, 44, 40, 38, 33, 31, 29, 25, 22, 19, 17, 15]  # 1001 in all
MINUTES = [2 * pair for pair in PAIRS]
MACHINES = ("lathe", "mill", "drill")
PATIENCE = 1.5  # seconds until the user cancels


def shown(event: Progress) -> str:
    """One line with the current state of the search."""
    incumbent = "no plan yet" if event.incumbent is None else f"a plan of {event.incumbent:.0f} minutes"
    bound = "" if event.bound is None else f", none below {event.bound:.2f}"
    return f"{event.seconds:4.1f} s  {event.phase:14}  {event.nodes:7} nodes  {incumbent}{bound}"


def main() -> None:
    """Solve, watch, cancel, and continue with the best plan."""
    shop = LinearProgram(name="shop")
    does = {machine: [shop.BoolVar(f"{machine} does {job}") for job in range(len(MINUTES))] for machine in MACHINES}
    for job in range(len(MINUTES)):
        shop.add_constraint(sum(does[machine][job] for machine in MACHINES) == 1)
    load = {machine: dot(MINUTES, does[machine]) for machine in MACHINES}
    makespan = shop.Var("makespan")
    shop.add_constraint(makespan >= maximum(load.values()))
    shop.objective = makespan

    events: list[Progress] = []

    def watch(event: Progress) -> None:
        """Called by pplp a few times a second."""
        events.append(event)
        if sys.stdout.isatty():
            print(f"\r{shown(event)}", end="", flush=True)

    # The cancel button of a dashboard, which is pressed in another thread.
    button = threading.Timer(PATIENCE, shop.stop)
    button.start()
    solution = shop.solve("minimize", progress=watch)
    button.cancel()

    print(f"\r{shown(events[-1])}")
    print(f"{solution.status.value} after {len(events)} events; the best plan so far:")
    plan = {machine: [job for job, chosen in enumerate(does[machine]) if solution[chosen] == 1] for machine in MACHINES}
    for machine, jobs in plan.items():
        print(f"  {machine:5}  {sum(MINUTES[job] for job in jobs):4} minutes: jobs {', '.join(map(str, jobs))}")

    assert solution.status is Status.INTERRUPTED
    assert sorted(job for jobs in plan.values() for job in jobs) == list(range(len(MINUTES)))
    longest = max(sum(MINUTES[job] for job in jobs) for jobs in plan.values())
    assert solution.objective == longest >= 668  # the incumbent is a plan, and no plan is shorter
    assert solution.bound is not None
    assert 2002 / 3 - 1e-3 <= solution.bound <= 668
    assert longest <= 1.02 * 668

    # The program is still usable: with the bound that pairs give, it is solved to optimality.
    shop.add_constraint(makespan >= 668)
    best = shop.solve("minimize", time_limit=60)
    print(f"{best.status.value} with the bound of 668 minutes added: {best.objective:.0f} minutes")
    assert (best.status, best.objective) == (Status.OPTIMAL, 668)


if __name__ == "__main__":
    main()
