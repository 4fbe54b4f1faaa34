"""What is found without a forward pass: tying, dropout, lengths, weights, tokenizer."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from gpt1 import GPT
from gpt1.variants import VARIANTS
from gpt1.verify import verify
from gpt1.verify.cache import by_pieces
from lib import foreign
from lib.checks import SMALL
from lib.foreign import NanoConfig, RightNano


def small(kind=RightNano, **changes):
    torch.manual_seed(0)
    sizes = {"block_size": 16, "vocab_size": 61, "n_layer": 3, "n_head": 4}
    return kind(NanoConfig(**{**sizes, "n_embd": 24, "dropout": 0.1, **changes}))


def of(report, aspect):
    (found,) = (each for each in report.findings if each.aspect == aspect)
    return found


# --- tying ----------------------------------------------------------------------------


class Drifts(RightNano):
    """Its output begins as a copy of the embedding."""

    def __init__(self, config: NanoConfig):
        super().__init__(config)
        self.lm_head.weight = nn.Parameter(self.transformer.wte.weight.detach().clone())


def test_a_copy_that_will_drift_is_told_from_a_matrix_of_its_own():
    drifts, own = small(Drifts), small(Drifts)
    with torch.no_grad():
        own.lm_head.weight.normal_(0, 0.02)
    for model, told in ((drifts, "untied copy"), (own, "of its own")):
        found = of(verify(model), "tying")
        assert found.verdict == "differs"
        assert told in found.told


def test_a_head_that_is_declared_and_not_used_is_no_output():
    class Unused(Drifts):
        def forward(self, idx):
            self.transformer.h[0].attn  # noqa: B018
            x = self.transformer.wte(idx) + self.transformer.wpe.weight[: idx.size(1)]
            for block in self.transformer.h:
                x = block(x)
            return x @ self.transformer.wte.weight.T

    report = verify(small(Unused))
    assert of(report, "tying").verdict == "same"
    assert of(report, "parameters").verdict == "differs"
    assert "output +1,464" in of(report, "parameters").told


# --- dropout --------------------------------------------------------------------------


class Forgot(foreign.RightBlock):
    """Drops on its way out, whatever the mode."""

    def forward(self, x):
        return F.dropout(super().forward(x), 0.3)


def test_dropout_that_is_active_in_evaluation_does_not_hide_the_rest():
    report = verify(small(type("Noisy", (RightNano,), {"block": Forgot})))
    found = {each.aspect: each.variant for each in report.differs}
    assert found == {"dropout in evaluation": "dropout in eval", "dropout": "outputs"}
    assert not report.undecided


def test_noise_that_is_no_dropout_is_found_in_evaluation():
    class Noisy(RightNano):
        def forward(self, idx, targets=None):
            logits, loss = super().forward(idx, idx)
            return logits + torch.randn_like(logits), loss

    found = of(verify(small(Noisy)), "dropout in evaluation")
    assert (found.verdict, found.variant) == ("differs", None)


def test_dropout_of_rate_0_is_still_in_its_places():
    found = of(verify(small(dropout=0.0)), "dropout")
    assert found.verdict == "same"
    assert "rate" not in found.told
    assert "rate 0.2" in of(verify(small(dropout=0.2)), "dropout").told


def test_a_model_without_dropout_is_told():
    model = small()
    for part in model.modules():
        for name, child in part.named_children():
            if isinstance(child, nn.Dropout) and name != "attn_dropout":
                setattr(part, name, nn.Identity())
    report = verify(model)
    told = {each.told for each in report.differs}
    assert told == {
        "no dropout on the embeddings",
        "0 dropouts on the outputs of a block (GPT-1's: 2)",
    }


# --- initial weights ------------------------------------------------------------------


def test_weights_of_a_model_that_is_given_are_judged_when_asked_only():
    model = small()
    with torch.no_grad():
        model.transformer.h[0].attn.c_attn.weight *= 3
        model.transformer.h[1].ln_1.weight.fill_(0.5)
    assert of(verify(model), "initial weights").verdict == "not checked"
    found = verify(model, fresh=True).differs
    assert {each.aspect for each in found} == {"initial weights"}
    assert {each.variant for each in found} == {"deviation", "gains"}


def test_an_output_matrix_of_pytorchs_is_told_from_the_embedding():
    class OwnHead(RightNano):
        def __init__(self, config: NanoConfig):
            super().__init__(config)
            self.lm_head = nn.Linear(config.n_embd, config.vocab_size, bias=False)

    found = [e.told for e in verify(OwnHead).differs if e.aspect == "initial weights"]
    assert found == ["initial deviations that are not 0.02: output 0.12"]


# --- sizes and lengths ----------------------------------------------------------------


def test_an_inner_width_that_is_not_four_times_is_told():
    config = type(SMALL)(**{**SMALL.to_dict(), "feed_forward": 60})
    report = verify(GPT(config), fresh=True)
    assert [each.aspect for each in report.differs] == ["inner width"]
    assert "2.5 times" in report.summary


class Narrow(GPT):
    """Its cache is not for double precision, as that of `transformers` 4 is not."""

    def forward(self, ids, *, cache=None):
        wide = self.token_embedding.weight.dtype == torch.float64
        if wide and cache is not None and cache.length:
            raise RuntimeError("value cannot be converted without overflow")
        return super().forward(ids, cache=cache)


def test_a_cache_that_fails_in_float64_is_judged_in_float32():
    found = of(verify(Narrow(SMALL)), "cache")
    assert (found.verdict, found.told) == ("same", "piece by piece equals at once")
    wrong = VARIANTS["a cache not read"](Narrow(SMALL))
    assert of(verify(wrong), "cache").verdict == "differs"


class Newest(nn.Module):
    """Takes and returns its cache as `transformers` does from 5.24 on."""

    def __init__(self):
        super().__init__()
        self.gpt = GPT(SMALL)

    def forward(self, ids, cache=None, use_cache=True):
        cache = self.gpt.new_cache() if cache is None else cache
        return SimpleNamespace(logits=self.gpt(ids, cache=cache), cache=cache)


class Older(Newest):
    """The same, as before 5.24."""

    def forward(self, ids, past_key_values=None, use_cache=True):
        out = super().forward(ids, past_key_values)
        return SimpleNamespace(logits=out.logits, past_key_values=out.cache)


@pytest.mark.parametrize("kind", [Newest, Older])
def test_a_cache_is_found_by_either_name(kind):
    model, ids = kind(), torch.arange(11)[None]
    for pieces in by_pieces(model, ids):
        torch.testing.assert_close(pieces, model.gpt.eval()(ids))


def test_longer_and_empty_texts():
    class Crops(RightNano):
        def forward(self, idx):
            if not idx.size(1):
                return torch.zeros(1, 1, self.config.vocab_size)
            return super().forward(idx[:, -16:], idx[:, -16:])[0]

    report = verify(small(Crops))
    assert [e.aspect for e in report.differs] == ["longer texts", "empty texts"]
    assert "no error at 17 tokens" in of(report, "longer texts").told


# --- names ----------------------------------------------------------------------------


class Odd(nn.Module):
    """GPT-1 under names that say nothing."""

    def __init__(self):
        super().__init__()
        inner = foreign.RightNano(NanoConfig(16, 61, 3, 4, 24, 0.1))
        self.aa, self.bb = inner.transformer.wpe, inner.transformer.wte
        self.cc = inner.transformer.h
        for block in self.cc:
            block.attn.c_attn, block.attn.x = None, block.attn.c_attn
            block.attn.y, block.attn.z = block.mlp.c_fc, block.mlp.c_proj
            block.mlp.c_fc = block.mlp.c_proj = None

    def forward(self, ids):
        x = self.bb(ids) + self.aa(torch.arange(ids.size(1)))
        for block in self.cc:
            attn, mlp = block.attn, block.mlp
            query, key, value = (
                part.unflatten(-1, (4, -1)).transpose(1, 2)
                for part in attn.x(x).chunk(3, -1)
            )
            mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
            x = block.ln_1(x + attn.c_proj(mixed.transpose(1, 2).flatten(2)))
            x = block.ln_2(x + attn.z(mlp.gelu(attn.y(x))))
        return x @ self.bb.weight.T


MAP = {
    "aa.weight": "position_embedding.weight",
    "bb.weight": "token_embedding.weight",
    "cc.*.attn.y.weight": "blocks.*.feed_forward.expand.weight",
    "cc.*.attn.y.bias": "blocks.*.feed_forward.expand.bias",
    "cc.*.attn.z.weight": "blocks.*.feed_forward.contract.weight",
    "cc.*.attn.z.bias": "blocks.*.feed_forward.contract.bias",
}


def test_what_cannot_be_mapped_is_undecided_and_the_rest_is_checked():
    class Nameless(Odd):
        def __init__(self):
            super().__init__()
            for block in self.cc:
                block.attn.x.weight = nn.Parameter(block.attn.x.weight.reshape(9, 192))

        def forward(self, ids):
            for block in self.cc:
                block.attn.x.weight.data = block.attn.x.weight.data.reshape(72, 24)
            logits = super().forward(ids)
            for block in self.cc:
                block.attn.x.weight.data = block.attn.x.weight.data.reshape(9, 192)
            return logits

    report = verify(Nameless, heads=4)
    undecided = {each.aspect for each in report.undecided}
    assert {"positions", "activation", "scale", "final norm"} <= undecided
    assert report.summary.startswith("what differs: no dropout anywhere")
    told = of(report, "names").told
    assert "map" in told
    assert "cc.0.attn.x.weight" in told
    for aspect in ("mask", "dropout in evaluation", "longer texts", "empty texts"):
        assert of(report, aspect).verdict == "same", aspect
    assert of(report, "dropout").told == "no dropout anywhere"
    assert report.exit_code == 1


def test_a_map_says_what_cannot_be_guessed():
    report = verify(Odd, names=MAP, heads=4)
    assert not report.undecided
    assert {each.aspect for each in report.differs} == {"dropout"}


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            {"aa.wait": "position_embedding.weight"},
            "names 'aa.wait', which is no param",
        ),
        ({"aa.weight": "positions"}, "gives the role 'positions': expected none, or"),
        ({"aa.weight": "output.weight"}, "aa.weight has the shape"),
        ({"aa.weight": "blocks.7.attention_norm.bias"}, "no such block or part"),
    ],
)
def test_a_map_that_does_not_fit_is_told_in_one_line(names, message):
    with pytest.raises(ValueError, match=message) as error:
        verify(Odd, names={**MAP, **names}, heads=4)
    assert "\n" not in str(error.value)


def test_heads_that_do_not_divide_the_width_are_told():
    with pytest.raises(ValueError, match="heads must divide the width 24, got 5"):
        verify(small(), heads=5)


# --- the tokenizer --------------------------------------------------------------------

WORDS = "<unk> the cat sat on mat . president is a very good man i 'm sure he \n"
IDS = [0, 481, 3387, 1305, 504, 7677, 239, 4735, 544, 246, 963, 870, 762, 249, 719]
IDS = dict(zip(WORDS.split(" "), [*IDS, 881, 487, 40477], strict=True))


class Words:
    """GPT-1's ids for a few words, in ways that can be spoilt."""

    vocab_size, lower, line, mark = 40478, True, True, " 'm"

    def encode(self, text):
        text = text.lower() if self.lower else text
        text = text.replace("\n", " \n " if self.line else " ")
        text = text.replace(".", " .").replace("'m", self.mark)
        return [IDS.get(word, 0) for word in text.split(" ") if word]


SPOILT = {
    "50,257 tokens": {"vocab_size": 50257},
    "capitals": {"lower": False},
    "end of a line": {"line": False},
    "spaCy": {"mark": " ' m"},
}


def test_a_tokenizer_is_compared_where_it_is_given():
    assert of(verify(small(), tokenizer=Words()), "tokenizer").verdict == "same"
    assert of(verify(small()), "tokenizer").verdict == "not checked"


@pytest.mark.parametrize("named", SPOILT)
def test_a_tokenizer_that_is_not_gpt1s_is_named(named):
    from gpt1.verify.tokens import tokenizer_findings

    (found,) = tokenizer_findings(type("Other", (Words,), SPOILT[named])())
    assert found.verdict == "differs"
    assert named in found.told
    assert ("plain words" in found.told) == (named == "capitals")


def test_a_tokenizer_of_another_kind_is_named():
    from gpt1.tokenizer import CharTokenizer
    from gpt1.verify.tokens import tokenizer_findings

    letters = CharTokenizer(sorted({*"The cat sat on the mat.THE CATI'm sure he is\n"}))
    (found,) = tokenizer_findings(letters)
    for told in (
        "tokens (GPT-1's: 40,478)",
        "plain words",
        "it fails on 'the president",
    ):
        assert told in found.told
    with pytest.raises(ValueError, match="a tokenizer has encode, int has none"):
        tokenizer_findings(3)
