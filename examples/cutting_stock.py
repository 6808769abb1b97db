"""Cutting stock with column generation: cut the ordered rolls from as few wide rolls as possible.

    minimize    sum of rolls[pattern]
    subject to  sum over patterns of count[width, pattern] * rolls[pattern] >= ordered[width]   for every width
                rolls >= 0, and integer in the end

There are too many patterns to write down, so the program starts with a few.  The duals of the constraints give a price
for each width, and a second program looks for a pattern that is worth more than the roll it uses:

    maximize    sum of price[width] * count[width]
    subject to  sum of width * count[width] <= 100,   count >= 0 and integer

This is a knapsack problem.  Its answer is a new column of the first program.  Both programs continue from their last
basis.
"""

from pplp import LinearProgram, dot


def main() -> None:
    """Cut four widths from rolls that are 100 wide (Chvatal, Linear Programming, chapter 13)."""
    roll_width = 100
    ordered = {45: 97, 36: 610, 31: 395, 14: 211}

    master = LinearProgram(name="cutting stock")
    patterns = {}  # the variable of each pattern -> how many of each width it cuts
    for width in ordered:  # one pattern per width: as many pieces as fit
        count = roll_width // width
        patterns[master.Var(f"{count} x {width}", lb=0, cost=1)] = {width: count}
    rows = {
        width: master.add_constraint(
            sum(counts[width] * rolls for rolls, counts in patterns.items() if width in counts) >= ordered[width],
            name=f"width {width}",
        )
        for width in ordered
    }

    pricing = LinearProgram(name="pricing")
    cut = {width: pricing.IntVar(f"cut {width}", lb=0) for width in ordered}
    pricing.add_constraint(dot(list(ordered), cut.values()) <= roll_width)

    while True:
        needed = master.minimize()
        for width, row in rows.items():
            cut[width].cost = row.dual
        worth = pricing.maximize()
        print(f"{len(patterns)} patterns: {needed:.2f} rolls; the best new pattern is worth {worth:.4f}")
        if worth <= 1 + 1e-9:
            break
        counts = {width: count.value for width, count in cut.items() if count.value}
        name = " + ".join(f"{count} x {width}" for width, count in counts.items())
        column = {rows[width]: count for width, count in counts.items()}
        patterns[master.Var(name, lb=0, cost=1, column=column)] = counts

    for rolls in patterns:
        rolls.integer = True
    whole = master.minimize()
    print(f"{whole:.0f} whole rolls:")
    for rolls in patterns:
        if rolls.value:
            print(f"  {rolls.value:3} of {rolls.name}")

    # The book gives 452.25 for the linear program.  So whole rolls number at least 453, and this plan has 453.
    assert abs(needed - 452.25) < 1e-6
    assert whole == 453
    for width, count in ordered.items():
        assert sum(rolls.value * counts.get(width, 0) for rolls, counts in patterns.items()) >= count


if __name__ == "__main__":
    main()
