"""GPT-2, as what it changed of GPT-1 (Radford et al. 2019, section 2.3).

LayerNorm moves "to the input of each sub-block", one more comes behind the last block,
and what joins the residual stream begins smaller by √(2 layers). The rest of GPT-2 is
sizes, which a `GPTConfig` says, and a tokenizer of bytes, `gpt1.tokenizer`'s
`ByteTokenizer`. This is a model of its own and no change to one that is there, so it is
not among `VARIANTS`.
"""

import math

import torch
from torch import nn

from gpt1.config import GPTConfig
from gpt1.model import GPT
from gpt1.variants.block import PreNorm
from gpt1.weights import gpt2

SIZES = {
    name: GPTConfig(
        vocab_size=50257, context=1024, layers=layers, width=width, heads=width // 64
    )
    for name, layers, width in (
        ("gpt2", 12, 768),
        ("gpt2-medium", 24, 1024),
        ("gpt2-large", 36, 1280),
        ("gpt2-xl", 48, 1600),
    )
}
"""The four models of the paper's table 2, by their names on the hub."""


class PreNormGPT(GPT):
    """GPT-1 with its norms moved: before each branch, and one behind the last block.

    Args:
        config: as a `GPT`'s.
    """

    def __init__(self, config):
        super().__init__(config)
        self.blocks = nn.ModuleList(PreNorm(config) for _ in range(config.layers))
        self.final_norm = nn.LayerNorm(config.width, config.norm_eps)
        self.initialise()

    def hidden(self, ids, *, cache=None):
        """The final state of each position, normalised: (batch, time, width).

        Args:
            ids: as for `GPT.hidden`.
            cache: as for `GPT.hidden`.

        Raises:
            ValueError: see `gpt1.inputs.check_ids`.
        """
        return self.final_norm(super().hidden(ids, cache=cache))


class GPT2(PreNormGPT):
    """GPT-2: norms before the branches, one at the end, and branches that begin small.

    Args:
        config: sizes and dropout; `SIZES` has the published ones.

    Source: Radford et al. (2019), section 2.3.
    """

    @torch.no_grad()
    def initialise(self):
        """As GPT-1's, with the last matrix of each branch divided by √(2 layers)."""
        super().initialise()
        for block in self.blocks:
            for last in (block.attention.projection, block.feed_forward.contract):
                last.weight /= math.sqrt(2 * self.config.layers)

    @classmethod
    def from_pretrained(cls, source, **options):
        """A GPT-2 with weights in Hugging Face's layout, in evaluation mode.

        Args:
            source: a folder with `config.json` and `model.safetensors`; or a name of
                `SIZES`, or the id of another GPT-2 on the hub, which needs a network.
            options: dropout and revision of `gpt1.weights.gpt2.read`.

        Raises:
            FileNotFoundError, ValueError, ImportError: see `gpt1.weights.gpt2.read`.
        """
        config, state = gpt2.read(source, **options)
        with torch.random.fork_rng(devices=[]):  # the weights it begins with are lost
            model = cls(config)
        model.load_state_dict(state)
        return model.eval()

    def save_pretrained(self, directory):
        """Not for GPT-2: what `GPT` writes is GPT-1's layout, without the last norm.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError(
            "a GPT2 is read from Hugging Face's layout and not written there: keep its "
            "weights with  torch.save(model.state_dict(), 'model.pth')"
        )
