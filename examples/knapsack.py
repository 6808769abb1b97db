"""Knapsack: which things to pack into a bag with a weight limit.

maximize    sum of value[thing] * packed[thing]
subject to  sum of weight[thing] * packed[thing] <= capacity
            packed[thing] is 0 or 1   for every thing
"""

from pplp import LinearProgram, dot


def main() -> None:
    """Choose among ten things for a bag that holds 165."""
    capacity = 165
    values = [92, 57, 49, 68, 60, 43, 67, 84, 87, 72]
    weights = [23, 31, 29, 44, 53, 38, 63, 85, 89, 82]

    knapsack = LinearProgram(name="knapsack")
    packed = [knapsack.BoolVar(f"thing {number}") for number in range(1, 11)]
    load = knapsack.add_constraint(dot(weights, packed) <= capacity, name="capacity")
    knapsack.objective = dot(values, packed)
    best_value = knapsack.maximize()
    choice = [thing.name for thing in packed if thing.value == 1]
    print(f"pack {', '.join(choice)}")
    print(f"value {best_value:.0f}, weight {load.value:.0f} of {capacity}")

    # An integer program has no duals; its relaxation does.
    divisible = knapsack.relaxed()
    divisible_value = divisible.maximize()
    print(
        f"if things could be cut: value {divisible_value:.2f}, and {divisible[load].dual:.2f} for each unit of capacity"
    )

    # By hand: by value per weight, the order is 1, 2, 3, 4, 5, ...  The first four things weigh 127 and are worth 266.
    # Cutting thing 5 to the 38 units left gives 266 + 60 * 38 / 53 = 309.02, so whole things are worth at most 309.
    # Thing 6 weighs 38 and is worth 43: with it the value is 309.
    assert best_value == 309
    assert choice == ["thing 1", "thing 2", "thing 3", "thing 4", "thing 6"]
    assert abs(divisible_value - (266 + 60 * 38 / 53)) < 1e-6
    assert abs(divisible[load].dual - 60 / 53) < 1e-6


if __name__ == "__main__":
    main()
