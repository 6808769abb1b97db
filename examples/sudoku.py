"""Sudoku: write a digit in every cell, each digit once in every row, column, and box.

    placed[row, column, digit] is 0 or 1, and
    sum over digits  of placed[row, column, digit] = 1   for every cell
    sum over columns of placed[row, column, digit] = 1   for every row and digit
    sum over rows    of placed[row, column, digit] = 1   for every column and digit
    sum over a box   of placed[row, column, digit] = 1   for every box and digit

Digits count from 0 in the program and from 1 in the grid.  There is no objective: any feasible point is a solution.
"""

from pplp import LinearProgram

PUZZLE = "53..7.... 6..195... .98....6. 8...6...3 4..8.3..1 7...2...6 .6....28. ...419..5 ....8..79"
ANSWER = "534678912 672195348 198342567 859761423 426853791 713924856 961537284 287419635 345286179"


def main() -> None:
    """Solve one puzzle."""
    sudoku = LinearProgram(name="sudoku")
    placed = sudoku.Vars((9, 9, 9), "placed", lb=0, ub=1, integer=True)
    for first in range(9):
        for second in range(9):
            sudoku.add_constraint(sum(placed[first, second, :]) == 1)
            sudoku.add_constraint(sum(placed[first, :, second]) == 1)
            sudoku.add_constraint(sum(placed[:, first, second]) == 1)
    for top in (0, 3, 6):
        for left in (0, 3, 6):
            for digit in range(9):
                box = placed[top : top + 3, left : left + 3, digit]
                sudoku.add_constraint(box.sum() == 1)
    for row, clues in enumerate(PUZZLE.split()):
        for column, clue in enumerate(clues):
            if clue != ".":
                placed[row, column, int(clue) - 1].lb = 1
    solution = sudoku.solve()

    grid = [
        "".join(
            str(digit + 1) for column in range(9) for digit in range(9) if solution[placed[row, column, digit]] == 1
        )
        for row in range(9)
    ]
    for clues, digits in zip(PUZZLE.split(), grid):
        print(clues, "->", digits)

    # A separate backtracking search finds this answer and no other.
    assert grid == ANSWER.split()


if __name__ == "__main__":
    main()
