"""Writing text with a trained model.

How tokens are drawn is in `sampling.py`, how a text appears while it is written in
`showing.py`, what makes a model write faster in `precision.py`; where models come from
in `gpt1.loading`.
"""

from gpt1.generate.precision import faster
from gpt1.generate.sampling import candidates, generate, next_token, stream
from gpt1.generate.texts import start_ids, write_text
from gpt1.loading import load_model

__all__ = ["candidates", "faster", "generate", "load_model", "next_token", "start_ids"]
__all__ += ["stream", "write_text"]
