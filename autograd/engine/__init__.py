"""The core: graph, shape algebra, derivative, Tensor, the operation record, in that order of import.

Start reading in `graph.py`; `derivative.py` holds reverse and forward mode, `op.py` is what an operation is and
`calls.py` how it runs.
"""
