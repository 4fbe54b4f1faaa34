"""Looking into a model: what it computes and recalls, and whether it looks ahead."""

from gpt1.inspect.hooks import Run, edited, watched
from gpt1.inspect.leaks import Leaks, leaks
from gpt1.inspect.lens import lens
from gpt1.inspect.recall import recall
from gpt1.inspect.trace import trace

__all__ = ["Leaks", "Run", "edited", "leaks", "lens", "recall", "trace", "watched"]
