"""Tales, the built-in corpus: short children's stories with a known entropy.

    >>> from gpt1.tales import entropy_per_tale, generate_tales
    >>> tale = generate_tales(1, seed=0)[0]
    >>> print(tale.text)
    >>> tale.log_prob, entropy_per_tale()

The tales come from a generative grammar written for this book: plots (`plots/`), words
and phrases (`words.py`), and an engine that tells them (`tell.py`). Each tale's exact
probability is known, because the grammar is unambiguous (`ambiguity.py`), and so is the
entropy of the source (`entropy.py`): the floor that no model's loss can go under. The
facts behind a tale give labelled tasks (`tasks.py`).

Nothing here needs torch.
"""

from gpt1.tales.ambiguity import ambiguous_text
from gpt1.tales.entropy import entropy_per_tale, floor
from gpt1.tales.plot import MOODS
from gpt1.tales.reading import read_tale
from gpt1.tales.tasks import (
    FOLLOWS,
    Example,
    ending_mood,
    follows,
    says_the_same,
    which_ending,
)
from gpt1.tales.tell import SEPARATOR, SPLITS, Facts, Tale, generate_tales, join, retell

__all__ = ["FOLLOWS", "MOODS", "SEPARATOR", "SPLITS", "Example", "Facts", "Tale"]
__all__ += ["ambiguous_text", "ending_mood", "entropy_per_tale", "floor", "follows"]
__all__ += ["generate_tales", "join", "read_tale", "retell", "says_the_same"]
__all__ += ["which_ending"]
