"""Models in other people's manner: fused, split, turned, a matrix a head, unnamed."""

import pytest
import torch
from torch import nn

from gpt1.verify import verify
from lib import foreign

GPT2S = {"pre-norm", "a final norm", "scaled by depth"}
FORMS = {
    "GPT-1 under nanoGPT's names": (foreign.RightNano, set()),
    "nanoGPT's": (foreign.Nano, GPT2S | {"exact GELU"}),
    "one slip": (foreign.ForgotScaleNano, {"no scale"}),
    "minGPT's": (
        foreign.Min,
        {"pre-norm", "a final norm", "an untied copy", "PyTorch's linear layers"}
        | {"deviation"},
    ),
    "a matrix a head": (
        foreign.Lecture,
        {"pre-norm", "ReLU", "scale by the width", "a final norm", "an untied copy"}
        | {"no embedding dropout", "PyTorch's linear layers", "PyTorch's embeddings"}
        | {"deviation"},
    ),
    "PyTorch's layers": (
        foreign.Layers,
        {"exact GELU", "dropout after GELU", "PyTorch's embeddings"}
        | {"random biases", "deviation"},
    ),
    "bare parameters": (foreign.Raw, set()),
}


def named(report):
    return {each.variant for each in report.differs if each.variant}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_read_whole(form):
    kind, want = FORMS[form]
    report = verify(kind)
    assert named(report) == want
    assert not report.undecided
    assert report.exit_code == bool(want)
    sizes = {"layers": 3, "width": 24, "heads": 4, "feed_forward": 96}
    assert report.sizes == {**sizes, "context": 16, "vocab_size": 61}


def test_biases_of_single_heads_do_not_hide_the_width():
    report = verify(type("Biased", (foreign.Lecture,), {"bias": True}))
    (found,) = (each for each in report.differs if each.aspect == "biases")
    assert found.told == "a bias on the logits"
    assert named(report) == FORMS["a matrix a head"][1]


def test_a_config_may_be_a_dictionary():
    class FromDictionary(nn.Module):
        def __init__(self, cfg):
            super().__init__()
            sizes = cfg["context_length"], cfg["vocab_size"], cfg["n_layers"]
            heads, rate = cfg["n_heads"], cfg["drop_rate"]
            config = foreign.NanoConfig(*sizes, heads, cfg["emb_dim"], rate)
            self.inner = foreign.RightNano(config)

        def forward(self, ids):
            return self.inner(ids, ids)[0]

    assert verify(FromDictionary).same


@pytest.mark.parametrize("order", ["kqv", "vkq", "kvq", "qvk"])
def test_the_order_of_a_fused_projection_is_told(order):
    report = verify(lambda: foreign.Raw(order), heads=4)
    (found,) = report.differs
    assert found.aspect == "order of q, k, v"
    assert ", ".join(order) in found.told


def test_biases_that_are_lacking_are_named_and_nothing_else_suffers():
    config = foreign.NanoConfig(16, 61, 3, 4, 24, 0.1, bias=False)
    report = verify(foreign.RightNano(config))
    differs = {each.aspect: each for each in report.differs}
    assert differs.keys() == {"biases", "parameters"}
    assert differs["biases"].told == "no biases"
    lacking = 3 * (2 * 24 + 72 + 24 + 96 + 24)
    assert f"what is lacking -{lacking}" in differs["parameters"].told


def hugging_face(kind):
    import transformers

    kind = getattr(transformers, kind)
    sizes = {"vocab_size": 61, "n_positions": 16, "n_embd": 24, "n_layer": 3}
    marks = dict.fromkeys(("bos_token_id", "eos_token_id"), 0)
    return kind(kind.config_class(**sizes, n_head=4, **marks))


@pytest.mark.slow
def test_hugging_faces_gpt1_is_gpt1():
    report = verify(hugging_face("OpenAIGPTLMHeadModel"), fresh=True)
    assert report.same
    assert [e.aspect for e in report.having("not checked")] == ["cache", "tokenizer"]


@pytest.mark.slow
def test_hugging_faces_gpt2_is_gpt1_but_for_gpt2s_changes():
    report = verify(hugging_face("GPT2LMHeadModel"), fresh=True)
    assert named(report) == GPT2S
    (cache,) = (each for each in report.findings if each.aspect == "cache")
    assert cache.verdict == "same"
    assert "LayerNorm before each sub-layer (GPT-2's)" in report.summary
    assert "a LayerNorm after the last block (GPT-2's)" in report.summary


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["OpenAIGPTLMHeadModel", "GPT2LMHeadModel"])
def test_a_folder_of_hugging_faces_is_judged_by_its_config_at_small_sizes(
    kind, tmp_path
):
    hugging_face(kind).save_pretrained(tmp_path / "model")
    report = verify(tmp_path / "model")
    assert named(report) == (GPT2S if "2" in kind else set())
    assert report.sizes["width"] == 24


# --- forms that differ from GPT-1 in ways that are no variants ------------------------


class Part(foreign.RightNano):
    """GPT-1 whose embeddings and logits can be made otherwise."""

    def embedded(self, idx):
        time = torch.arange(idx.size(1))
        return self.transformer.wte(idx) + self.transformer.wpe(time)

    def made(self, x):
        return self.lm_head(x)

    def forward(self, idx):
        assert idx.size(1) <= self.config.block_size
        x = self.transformer.drop(self.embedded(idx))
        for block in self.transformer.h:
            x = block(x)
        return self.made(x)


class Sines(Part):
    def __init__(self, config: foreign.NanoConfig):
        super().__init__(config)
        del self.transformer["wpe"]
        place = torch.arange(config.block_size)[:, None]
        rate = 1e4 ** (-torch.arange(0, config.n_embd, 2) / config.n_embd)
        table = torch.zeros(config.block_size, config.n_embd)
        table[:, ::2], table[:, 1::2] = (place * rate).sin(), (place * rate).cos()
        self.register_buffer("table", table)

    def embedded(self, idx):
        return self.transformer.wte(idx) + self.table[: idx.size(1)]


class NoPositions(Sines):
    def embedded(self, idx):
        return self.transformer.wte(idx)


class NormedEmbedding(Part):
    def __init__(self, config: foreign.NanoConfig):
        super().__init__(config)
        self.emb_norm = nn.LayerNorm(config.n_embd)

    def embedded(self, idx):
        return self.emb_norm(super().embedded(idx))


class Chances(Part):
    def made(self, x):
        return super().made(x).log_softmax(-1)


class Pads(Part):
    """Takes token 0 for padding."""

    def embedded(self, idx):
        return super().embedded(idx) * (idx > 0)[..., None]


class Rounds(Part):
    """Computes the sums of its output in float32."""

    def embedded(self, idx):
        return super().embedded(idx).float().to(self.lm_head.weight.dtype)


class Single(Part):
    """Runs in float32 only."""

    def embedded(self, idx):
        return super().embedded(idx).float()


MORE = {
    Sines: ("positions", "sines and cosines"),
    NoPositions: ("positions", "no positions"),
    NormedEmbedding: ("embedding norm", "a LayerNorm on the embeddings"),
    Chances: ("output", "log-probabilities"),
    Pads: ("padding", "token 0 is treated otherwise"),
}


@pytest.mark.parametrize("kind", MORE, ids=lambda kind: kind.__name__)
def test_more_ways_are_known_than_the_variants(kind):
    report = verify(kind)
    aspect, told = MORE[kind]
    (found,) = (each for each in report.differs if each.aspect != "parameters")
    assert found.aspect == aspect
    assert found.told.startswith(told)


def test_a_model_that_rounds_is_still_gpt1():
    assert verify(Rounds).same


def test_where_a_model_runs_in_float32_only_the_epsilon_is_undecided():
    report = verify(Single)
    assert not report.differs
    assert [each.aspect for each in report.undecided] == ["epsilon"]
    assert report.exit_code == 3
    assert report.summary.startswith("nothing was found that is not GPT-1's")


def test_without_modules_that_are_blocks_the_logits_are_compared():
    class Scattered(nn.Module):
        """The same parts in parallel lists."""

        def __init__(self):
            super().__init__()
            right = foreign.RightNano(foreign.NanoConfig(16, 61, 3, 4, 24, 0.1))
            self.wte, self.wpe = right.transformer.wte, right.transformer.wpe
            for name in ("attn", "mlp", "ln_1", "ln_2"):
                parts = [getattr(block, name) for block in right.transformer.h]
                setattr(self, f"{name}s", nn.ModuleList(parts))

        def forward(self, idx):
            x = self.wte(idx) + self.wpe(torch.arange(idx.size(1)))
            for attn, mlp, one, two in zip(
                self.attns, self.mlps, self.ln_1s, self.ln_2s, strict=True
            ):
                x = two(self.norm(one, x, attn) + mlp(self.norm(one, x, attn)))
            return x @ self.wte.weight.T

        def norm(self, one, x, attn):
            return one(x + attn(x))

    report = verify(Scattered, heads=4)
    assert not [each for each in report.differs if each.aspect != "dropout"]


def test_a_model_of_other_sizes_is_compared_at_these():
    report = verify(foreign.RightNano(foreign.NanoConfig(40, 99, 1, 6, 96, 0.1)))
    assert report.same
    found = {"layers": 1, "width": 96, "heads": 6, "feed_forward": 384}
    assert report.sizes == {**found, "context": 40, "vocab_size": 99}
