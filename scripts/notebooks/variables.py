"""The variables under which every notebook is run, to be stored and to be checked.

One definition for `conftest.py` and `scripts/notebooks/run.py`: outputs stored under
other variables would not compare equal.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

VARIABLES = {
    # One thread and no GPU: the same sums in the same order on every machine.
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "-1",
    # Nothing random and no date in what is printed or drawn.
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "TOKENIZERS_PARALLELISM": "false",
    "TQDM_DISABLE": "1",
    "COLUMNS": "80",
    # A hint of tqdm's, with a path in it, wherever ipywidgets is not installed.
    "PYTHONWARNINGS": "ignore:IProgress not found",
    # Nothing from the network, and none of the user's own settings.
    "HF_HUB_OFFLINE": "1",
    "IPYTHONDIR": str(ROOT / "_build" / "ipython"),
    "JUPYTER_PREFER_ENV_PATH": "1",
}


def set_variables() -> None:
    """Set them for this process and for the kernels that it starts.

    `GPT1_CUDA=0` in front of a command lets the tests see that GPU.
    """
    # IPython wants to write its history somewhere; here it is the book's build folder.
    Path(VARIABLES["IPYTHONDIR"]).mkdir(parents=True, exist_ok=True)
    os.environ.update(VARIABLES)
    os.environ.pop("MPLBACKEND", None)
    if "GPT1_CUDA" in os.environ:
        os.environ["CUDA_VISIBLE_DEVICES"] = os.environ["GPT1_CUDA"]
