"""Production plan: how many of three products to make when labor, material, and packing time are limited.

    maximize    10 x + 6 y + 4 z
    subject to     x +   y +   z <= 100     labor
                10 x + 4 y + 5 z <= 600     material
                 2 x + 2 y + 6 z <= 300     packing
                   x,    y,    z >= 0       whole numbers

The relaxation, which allows fractions of a product, is an upper bound on the profit.
"""

from pplp import LinearProgram


def main() -> None:
    """Plan whole products, then fractions of products."""
    whole = LinearProgram(name="whole products")
    x, y, z = whole.IntVar("x"), whole.IntVar("y"), whole.IntVar("z")
    whole.objective = 10 * x + 6 * y + 4 * z
    whole.add_constraint(x + y + z <= 100)
    whole.add_constraint(10 * x + 4 * y + 5 * z <= 600)
    whole.add_constraint(2 * x + 2 * y + 6 * z <= 300)
    for product in (x, y, z):
        whole.add_constraint(product >= 0)
    whole_profit = whole.maximize()
    print(f"whole products:  profit {whole_profit:7.2f} with x = {x.value}, y = {y.value}, z = {z.value}")

    divisible = LinearProgram(name="divisible products")
    x_part, y_part, z_part = divisible.Var("x"), divisible.Var("y"), divisible.Var("z")
    divisible.objective = 10 * x_part + 6 * y_part + 4 * z_part
    labor = divisible.add_constraint(x_part + y_part + z_part <= 100)
    material = divisible.add_constraint(10 * x_part + 4 * y_part + 5 * z_part <= 600)
    packing = divisible.add_constraint(2 * x_part + 2 * y_part + 6 * z_part <= 300)
    for part in (x_part, y_part, z_part):
        divisible.add_constraint(part >= 0)
    divisible_profit = divisible.maximize()
    parts = ", ".join(f"{part.name} = {part.value:.2f}" for part in (x_part, y_part, z_part))
    print(f"divisible:       profit {divisible_profit:7.2f} with {parts}")
    print(
        f"one more unit of labor earns {labor.dual:.2f}, of material {material.dual:.2f}, of packing {packing.dual:g}"
    )

    # By hand: 10/3 times the labor row plus 2/3 times the material row reads 10 x + 6 y + 20/3 z <= 2200/3, so no
    # plan earns more than 733.33, and x = 100/3, y = 200/3, z = 0 earns that.  The profit of whole products is an
    # even number, so at most 732, and 10 * 33 + 6 * 67 = 732.  Trying all plans shows that no other plan earns it.
    assert abs(divisible_profit - 2200 / 3) < 1e-6
    assert abs(labor.dual - 10 / 3) < 1e-6 and abs(material.dual - 2 / 3) < 1e-6 and packing.dual == 0
    assert (whole_profit, x.value, y.value, z.value) == (732, 33, 67, 0)


if __name__ == "__main__":
    main()
