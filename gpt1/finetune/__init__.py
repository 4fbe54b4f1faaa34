"""Fine-tuning: one model for every task, with a linear layer on top.

The task is put into words that the model can read (`transform.py`, `batch.py`); a head
reads the state at the end of them, and the loss has two parts (`model.py`). The run is
pre-training's, with this loss (`finetuning.py`), and the numbers are the paper's
(`recipe.py`).
"""

from gpt1.finetune.answers import predict
from gpt1.finetune.finetuning import finetune, prepare
from gpt1.finetune.model import FineTuned, transferred
from gpt1.finetune.recipe import FineTuneConfig
from gpt1.finetune.saved import load_finetuned
from gpt1.finetune.transform import FORMS, Marks, marks, sequences

__all__ = ["FORMS", "FineTuneConfig", "FineTuned", "Marks", "finetune"]
__all__ += ["load_finetuned", "marks", "predict", "prepare", "sequences", "transferred"]
