"""How large a GPT is and what it costs: `parameters(config)` and its like."""

from gpt1.count.ledger import Ledger, Row
from gpt1.count.ledgers import (
    BYTES,
    activations,
    flops,
    generation_memory,
    parameters,
    training_flops,
    training_memory,
)

__all__ = ["BYTES", "Ledger", "Row", "activations", "flops", "generation_memory"]
__all__ += ["parameters", "training_flops", "training_memory"]
