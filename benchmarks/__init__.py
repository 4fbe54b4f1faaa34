"""How fast the package is, beside others, in one run: `make benchmark`.

What is run is in `cases.py`, the models in `contenders.py`; `worker.py` is the process
in which one of them runs, and `report.py` makes the page. Nothing is downloaded: all
weights are random.
"""
