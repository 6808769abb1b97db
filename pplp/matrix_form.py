"""A program as sparse arrays: `pplp.form.matrix_form` under the name that is documented."""

from pplp.form.matrix_form import Edits, MatrixForm

__all__ = ["Edits", "MatrixForm"]
