"""Random functions around ``lo <= e <= hi``, beside the same functions with `between`: the relation, or a refusal.

``python -m tests.chains COUNT [SEED]`` writes COUNT functions, runs each in one of several ways, and prints how many
built exactly the relations of `between`, how many were refused, and how many lost something. It needs no more than the
standard library. The exit status is 1 if one of them was wrong.

A function is written twice from the same random choices. In one text a chain is ``lo <= e <= hi``, in the other
``both(lo, '<=', e, '<=', hi)``, which evaluates the same operands in the same order. All relations that the function
comes by are recorded.
"""
