"""How good a trained model is: on a text, and on tasks that it was never taught.

    >>> model, tokenizer = load_model("tales-tiny")
    >>> text = load_text("tales", "validation")
    >>> measure(model, tokenizer, text).bits_per_byte
    >>> scorer = partial(likelihoods, model, tokenizer)
    >>> judge(scorer, load_task("which-ending")).metrics["accuracy"]

Loss, perplexity and bits per byte of a text are in `held_out.py`; the log-probability
of one text after another, on which the rest stands, in `scoring.py`; the paper's
zero-shot heuristics (section 5) in `zero_shot.py`; what they make of a whole task in
`judging.py`; accuracy and the other measures in `metrics.py`.
"""

from gpt1.data.tasks import load_task, read_task
from gpt1.evaluate.held_out import HeldOut, measure
from gpt1.evaluate.judging import Result, judge
from gpt1.evaluate.scoring import Score, likelihoods
from gpt1.evaluate.zero_shot import acceptability, answers, referents, sentiment

__all__ = ["HeldOut", "Result", "Score", "acceptability", "answers", "judge"]
__all__ += ["likelihoods", "load_task", "measure", "read_task", "referents"]
__all__ += ["sentiment"]
