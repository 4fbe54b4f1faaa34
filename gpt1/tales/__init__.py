"""Tales, the built-in corpus: short children's stories with a known entropy.

    >>> from gpt1.tales import entropy_per_tale, generate_tales
    >>> tale = generate_tales(1, seed=0)[0]
    >>> print(tale.text)
    >>> tale.log_prob, entropy_per_tale()

The tales come from a generative grammar written for this book: plots (`plots/`), words
and phrases (`words.py`), and an engine that tells them (`tell.py`). Each tale's exact
probability is known, because the grammar is unambiguous (`ambiguity.py`), and so is the
entropy of the source (`entropy.py`): the floor that no model's loss can go under. So is
the true distribution of each next token (`truth.py`), which a model has to guess. The
facts behind a tale give labelled tasks (`tasks.py`), which a reader of the facts solves
(`answers.py`) and one of mere words does not (`baselines.py`).

Nothing here needs torch.
"""

from gpt1.tales.ambiguity import ambiguous_text
from gpt1.tales.entropy import entropy_per_tale, floor
from gpt1.tales.plot import MOODS
from gpt1.tales.reading import read_tale
from gpt1.tales.tasks import FOLLOWS, TASKS, Example, examples
from gpt1.tales.tell import SEPARATOR, SPLITS, Facts, Tale, generate_tales, join, retell
from gpt1.tales.truth import next_tokens, next_tokens_along, next_words

__all__ = ["FOLLOWS", "MOODS", "SEPARATOR", "SPLITS", "TASKS", "Example", "Facts"]
__all__ += ["Tale", "ambiguous_text", "entropy_per_tale", "examples", "floor"]
__all__ += ["generate_tales", "join", "next_tokens", "next_tokens_along", "next_words"]
__all__ += ["read_tale", "retell"]
