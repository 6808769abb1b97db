"""Diet: the cheapest food for a day, with enough but not too much energy and vitamin A.

minimize    sum of price[food] * servings[food]
subject to  2000 <= sum of calories[food]  * servings[food] <=  2250
            5000 <= sum of vitamin_a[food] * servings[food] <= 50000
            0 <= servings[food] <= 10   for every food
"""

from pplp import LinearProgram, dot


def main() -> None:
    """Buy corn, milk, and bread."""
    foods = ["corn", "milk", "bread"]
    price = {"corn": 0.18, "milk": 0.23, "bread": 0.05}
    calories = {"corn": 72, "milk": 121, "bread": 65}
    vitamin_a = {"corn": 107, "milk": 500, "bread": 0}

    diet = LinearProgram(name="diet")
    servings = diet.Vars(foods, "servings", lb=0, ub=10)
    amounts = [servings[food] for food in foods]
    energy = diet.add_constraint(2000 <= dot([calories[food] for food in foods], amounts) <= 2250, name="energy")
    vitamins = diet.add_constraint(5000 <= dot([vitamin_a[food] for food in foods], amounts) <= 50000, name="vitamin A")
    diet.objective = dot([price[food] for food in foods], amounts)
    cost = diet.minimize()

    for food in foods:
        print(f"{food:6} {servings[food].value:6.2f} servings")
    print(f"{energy.value:.0f} calories and {vitamins.value:.0f} units of vitamin A for {cost:.2f}")
    print(f"one more calorie costs {energy.dual:.4f}")

    # By hand: a calorie costs 0.0008 from bread, 0.0019 from milk, and 0.0025 from corn.  Ten servings each of the two
    # cheaper foods give 1860 calories, and 140 / 72 servings of corn the other 140.  The total is 0.50 + 2.30 + 0.35
    # = 3.15.  No diet of 2000 calories is cheaper, and this one has enough vitamin A: 500 * 10 + 107 * 140 / 72 = 5208.
    assert abs(cost - 3.15) < 1e-6
    assert (servings["milk"].value, servings["bread"].value) == (10, 10)
    assert abs(servings["corn"].value - 140 / 72) < 1e-6
    assert abs(energy.dual - 0.18 / 72) < 1e-9 and vitamins.dual == 0


if __name__ == "__main__":
    main()
