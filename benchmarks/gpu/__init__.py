"""What only a machine with a GPU can tell, in one run of minutes: `make gpu`.

Every notebook unchanged, the tests that want a GPU, and the speed at GPT-1's size. It
needs Python and PyTorch; what else is missing is skipped, and the page says why. What
is run is in `parts.py`, each in a process of its own with a limit (`outcome.py`): the
notebooks in `notebook.py`, speed in `measure.py`. `page.py` makes the page.
"""
