"""What `fit`, `evaluate` and `predict` are made of. Start in `trainer.py`; `loop.py` is the loop of `fit`."""
