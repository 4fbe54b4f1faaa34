"""Looking into a model: what it computes, whether it looks ahead, what it recalls."""

from gpt1.inspect.leaks import Leaks, leaks
from gpt1.inspect.recall import recall
from gpt1.inspect.trace import trace

__all__ = ["Leaks", "leaks", "recall", "trace"]
