"""Looking inside a model that runs: what it computed, and whether it looks ahead."""

from gpt1.inspect.leaks import Leaks, leaks
from gpt1.inspect.trace import trace

__all__ = ["Leaks", "leaks", "trace"]
