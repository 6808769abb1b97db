"""What people look at: text, formulas for notebooks, pictures, the report, a live line of progress."""
