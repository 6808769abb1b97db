"""Transport: ship cases from plants to markets at the lowest freight.

    minimize    sum of freight[plant, market] * shipped[plant, market]
    subject to  sum over markets of shipped[plant, market] <= supply[plant]    for every plant
                sum over plants  of shipped[plant, market] >= demand[market]   for every market
                shipped >= 0

Freight is 90 dollars per case and thousand miles.  Supply and demand are in cases, distances in thousands of miles.
"""

from pplp import LinearProgram


def main() -> None:
    """Serve three markets from two plants."""
    supply = {"Seattle": 350, "San Diego": 600}
    demand = {"New York": 325, "Chicago": 300, "Topeka": 275}
    distance = {
        ("Seattle", "New York"): 2.5,
        ("Seattle", "Chicago"): 1.7,
        ("Seattle", "Topeka"): 1.8,
        ("San Diego", "New York"): 2.5,
        ("San Diego", "Chicago"): 1.8,
        ("San Diego", "Topeka"): 1.4,
    }

    transport = LinearProgram(name="transport")
    shipped = transport.Vars(distance, "shipped", lb=0)
    transport.objective = sum(90 * distance[route] * shipped[route] for route in distance)
    for plant in supply:
        transport.add_constraint(sum(shipped[plant, market] for market in demand) <= supply[plant], name=plant)
    served = {
        market: transport.add_constraint(sum(shipped[plant, market] for plant in supply) >= demand[market], name=market)
        for market in demand
    }
    freight = transport.minimize()

    for (plant, market), cases in shipped.items():
        if cases.value:
            print(f"{plant:9} -> {market:8} {cases.value:4.0f} cases")
    for market in demand:
        print(f"one more case for {market:8} costs {served[market].dual:6.2f} dollars")
    print(f"total freight {freight:.2f} dollars")

    # By hand: serve every market from its nearest plant (New York from either), which the supplies allow:
    # 90 * (2.5 * 325 + 1.7 * 300 + 1.4 * 275) = 153675.  Neither plant runs out, so one more case costs the
    # freight from the nearest plant.
    assert abs(freight - 153675) < 1e-6
    nearest = {"New York": 2.5, "Chicago": 1.7, "Topeka": 1.4}
    assert all(abs(served[market].dual - 90 * nearest[market]) < 1e-6 for market in demand)


if __name__ == "__main__":
    main()
