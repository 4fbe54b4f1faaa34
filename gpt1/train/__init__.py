"""Pre-training.

The recipe is the paper's (section 4.1): Adam with decoupled weight decay on matrices, a
linear warm-up and a cosine to zero, passes over all windows, each in a new order. Its
numbers are in `recipe.py`; what a step is in `step.py`, how it is computed in
`engine.py`, when things happen in `loop.py`, and what is kept in `run.py`. What a loss
is held against, counts of tokens, is in `levels.py`.
"""

from gpt1.train.engine import Engine
from gpt1.train.optimizer import OpenAIAdam, make_optimizer, parameter_groups, schedule
from gpt1.train.pretraining import prepare, train
from gpt1.train.recipe import TrainConfig
from gpt1.train.step import evaluate, total_loss, train_step

__all__ = [
    "Engine",
    "OpenAIAdam",
    "TrainConfig",
    "evaluate",
    "make_optimizer",
    "parameter_groups",
    "prepare",
    "schedule",
    "total_loss",
    "train",
    "train_step",
]
