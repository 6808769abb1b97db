"""Data frames: the transport problem from tables, with pandas and with polars.

    minimize    sum of freight[plant, market] * shipped[plant, market]
    subject to  sum over markets of shipped[plant, market] <= supply[plant]    for every plant
                sum over plants  of shipped[plant, market] >= demand[market]   for every market
                shipped >= 0

Supply and demand are in cases, freight in dollars per case.  Every operator aligns by label, whatever the order of the
rows in a table.  A label that only one side has raises an error that names it.
"""

import sys

from pplp import LinearProgram

try:
    import polars
except ImportError:
    sys.exit('This example needs polars: python -m pip install "pplp[polars]"')
try:
    import pandas
except ImportError:
    sys.exit('This example needs pandas: python -m pip install "pplp[pandas]"')

ROUTES = {
    "plant": ["Seattle", "Seattle", "Seattle", "San Diego", "San Diego", "San Diego"],
    "market": ["New York", "Chicago", "Topeka", "New York", "Chicago", "Topeka"],
    "freight": [225.0, 153.0, 162.0, 225.0, 162.0, 126.0],
}
SUPPLY = {"plant": ["San Diego", "Seattle"], "cases": [600, 350]}
DEMAND = {"market": ["Topeka", "Chicago", "New York"], "cases": [275, 300, 325]}


def with_pandas() -> float:
    """The labels are the index of a series, and of every result."""
    freight = pandas.DataFrame(ROUTES).set_index(["plant", "market"])["freight"]
    supply = pandas.DataFrame(SUPPLY).set_index("plant")["cases"]
    demand = pandas.DataFrame(DEMAND).set_index("market")["cases"]

    transport = LinearProgram(name="transport")
    shipped = transport.Vars(freight.index, "shipped", lb=0)
    transport.add_constraint(shipped.groupby("plant").sum() <= supply, name="supply")
    served = transport.add_constraint(shipped.groupby("market").sum() >= demand, name="demand")
    transport.objective = (freight * shipped).sum()
    cost = transport.minimize()

    print(pandas.concat([freight, shipped.value, shipped.reduced_cost], axis=1))
    print(served.dual)
    print(transport.solution.to_pandas("constraints"))
    assert shipped.value.index.equals(freight.index)
    # Neither plant runs out, so one more case costs the freight from the nearest plant.
    nearest = freight.groupby("market").min()
    assert (served.dual - nearest.reindex(served.dual.index)).abs().max() < 1e-6
    return cost


def with_polars() -> float:
    """The labels are key columns; a result is a frame of these and one column of numbers."""
    routes, supply, demand = polars.DataFrame(ROUTES), polars.DataFrame(SUPPLY), polars.DataFrame(DEMAND)

    transport = LinearProgram(name="transport")
    shipped = transport.Vars(routes, "shipped", lb=0, keys=["plant", "market"])
    transport.add_constraint(shipped.groupby("plant").sum() <= supply, name="supply")
    served = transport.add_constraint(shipped.groupby("market").sum() >= demand, name="demand")
    transport.objective = shipped @ routes
    cost = transport.minimize()

    # Shipments from Seattle, and the cost of one more case for each market.
    west = shipped.loc[polars.col("plant") == "Seattle"]
    print(routes.join(shipped.value, on=["plant", "market"]), west.value, served.dual)
    assert west.value.columns == ["plant", "market", "value"] and west.value.height == 3
    return cost


def main() -> None:
    """Serve three markets from two plants, twice."""
    for freight in (with_pandas(), with_polars()):
        # By hand: every market from its nearest plant (New York from either), which the supplies allow:
        # 225 * 325 + 153 * 300 + 126 * 275 = 153675.
        assert abs(freight - 153675) < 1e-6
        print(f"total freight {freight:.2f} dollars")


if __name__ == "__main__":
    main()
