"""What people look at: text, formulas for notebooks, pictures, the report."""
