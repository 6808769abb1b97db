"""Solving again: a factory edits its plan, and each solve starts from the last basis.

maximize    3 doors + 5 windows
subject to    doors              <=  4     hours of plant 1
                       2 windows <= 12     hours of plant 2
            3 doors  + 2 windows <= 18     hours of plant 3
              doors,     windows >=  0
"""

from pplp import LinearProgram, StaleSolution


def main() -> None:
    """Solve, read the duals, edit, and solve again."""
    factory = LinearProgram(name="factory")
    doors, windows = factory.Var("doors", lb=0), factory.Var("windows", lb=0)
    factory.objective = 3 * doors + 5 * windows
    plant_1 = factory.add_constraint(doors <= 4, name="plant 1")
    plant_2 = factory.add_constraint(2 * windows <= 12, name="plant 2")
    plant_3 = factory.add_constraint(3 * doors + 2 * windows <= 18, name="plant 3")
    first_plan = factory.solve("maximize")
    print(f"profit {first_plan.objective:g} with {doors.value:g} doors and {windows.value:g} windows")
    for plant in (plant_1, plant_2, plant_3):
        print(f"  one more hour in {plant.name} earns {plant.dual:g}; {plant.slack:g} hours are unused")
    # By hand: 3/2 times plant 2 plus plant 3 gives 3 doors + 5 windows <= 36, and 2 doors and 6 windows earn 36.
    assert (first_plan.objective, doors.value, windows.value) == (36, 2, 6)
    assert (plant_1.dual, plant_2.dual, plant_3.dual) == (0, 1.5, 1)

    plant_3.ub = 21  # edit a right-hand side; the old values no longer belong to this program
    try:
        print(doors.value)
    except StaleSolution as error:
        print(f"stale: {error}")
    else:
        raise AssertionError("a stale value was read")
    print(f"the first plan stays valid: {first_plan[doors]:g} doors, {first_plan.dual(plant_3):g} per hour")
    more_hours = factory.maximize()
    print(f"three more hours in plant 3: profit {more_hours:g}")
    assert more_hours == 36 + 3 * first_plan.dual(plant_3)  # this dual is valid up to 24 hours

    doors.cost = 9  # edit a cost; `factory.objective += 6 * doors` does the same
    dearer_doors = factory.maximize()
    print(f"doors earn 9: profit {dearer_doors:g} with {doors.value:g} doors and {windows.value:g} windows")
    # By hand: 5/2 times plant 3 plus 3/2 times plant 1 gives 9 doors + 5 windows <= 58.5; 4 doors and 4.5 windows earn
    # that.
    assert (dearer_doors, doors.value, windows.value) == (58.5, 4, 4.5)

    doors.ub = 2  # edit a bound, in addition to the one that plant 1 sets
    fewer_doors = factory.maximize()
    print(f"at most 2 doors: profit {fewer_doors:g}; one more door would earn {doors.reduced_cost:g}")
    # By hand: each variable is at its own maximum, 9 * 2 + 5 * 6, and plant 3 has unused hours.
    assert (fewer_doors, doors.reduced_cost, plant_1.dual, plant_3.dual) == (48, 9, 0, 0)


if __name__ == "__main__":
    main()
