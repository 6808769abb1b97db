"""Blending: melt 500 tonnes of steel from seven raw materials, with a composition within given limits.

minimize    sum of price[m] * tonnes[m]
subject to  sum of tonnes[m] = 500
            500 * low[e] <= sum of content[e][m] * tonnes[m] <= 500 * high[e]   for every element e
            0 <= tonnes[m] <= stock[m]                                          for every material m
"""

from pplp import LinearProgram, dot


def main() -> None:
    """Find the cheapest steel, and the constraints that determine its cost."""
    materials = ["iron 1", "iron 2", "iron 3", "copper 1", "copper 2", "aluminum 1", "aluminum 2"]
    stock = [450, 300, 600, 500, 200, 300, 250]
    price = [200, 250, 150, 220, 240, 200, 165]
    content = {
        "carbon": [0.025, 0.030, 0, 0, 0, 0, 0],
        "copper": [0, 0, 0.003, 0.90, 0.96, 0.004, 0.006],
        "manganese": [0.013, 0.008, 0, 0, 0.04, 0.012, 0],
    }
    limits = {"carbon": (0.02, 0.03), "copper": (0.004, 0.006), "manganese": (0.012, 0.0165)}

    steel = LinearProgram(name="steel")
    tonnes = steel.Vars(materials, "tonnes", lb=0, ub=stock)
    melt = list(tonnes.values())
    steel.objective = dot(price, melt)
    order = steel.add_constraint(sum(melt) == 500, name="order")
    rows = {}
    for element, (low, high) in limits.items():
        rows[element] = steel.add_constraint(500 * low <= dot(content[element], melt) <= 500 * high, name=element)
    cost = steel.minimize()

    for material in materials:
        if tonnes[material].value:
            print(f"{material:11} {tonnes[material].value:7.2f} tonnes")
    for element, row in rows.items():
        print(f"{element:11} {row.value / 500:7.2%}, and {row.dual:+8.2f} if the limit rises by a tonne")
    print(f"cost {cost:.2f}, and {tonnes['iron 1'].reduced_cost:+.2f} for one more tonne of iron 1 in stock")

    # HiGHS finds the same cost for these data, through scipy.optimize.linprog.
    assert abs(cost - 97896.88919958056) < 1e-5
    # By duality, the duals of the binding limits, times the limits, add up to the cost.
    total = 500 * order.dual + 450 * tonnes["iron 1"].reduced_cost
    total += 500 * 0.006 * rows["copper"].dual + 500 * 0.012 * rows["manganese"].dual
    assert abs(total - cost) < 1e-5


if __name__ == "__main__":
    main()
