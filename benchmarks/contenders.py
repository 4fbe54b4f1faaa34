"""The models that are compared: each makes one unit of work to be timed.

A contender is a function of a job's settings that returns a function to be timed. Each
runs in a process of its own, so libraries are imported here inside functions.
"""

import contextlib
import os

import torch

from gpt1.config import GPTConfig

OWN, GPT1, GPT2 = "this package", "Hugging Face GPT-1", "Hugging Face GPT-2"
GPT1_KEPT = f"{GPT1}, freed memory kept"
OWN_IN = {f"{OWN}, {precision}": precision for precision in ("bf16", "int8")}
"""This package's model in another precision than the rest of its line."""


def own(settings):
    """This package's model, as `gpt1 train` and `gpt1 generate` set it up."""
    from gpt1 import GPT
    from gpt1.speed.memory import keep_freed_memory

    keep_freed_memory()
    return GPT(GPTConfig(**settings["config"], dropout=settings["dropout"]))


def theirs(settings, name):
    """One of Hugging Face's, with the same sizes and random weights."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    import transformers

    if name == GPT1_KEPT:
        from gpt1.speed.memory import keep_freed_memory

        keep_freed_memory()
    config, rate = GPTConfig(**settings["config"]), settings["dropout"]
    second = name == GPT2
    sizes = (transformers.GPT2Config if second else transformers.OpenAIGPTConfig)(
        vocab_size=config.vocab_size,
        n_positions=config.context,
        n_embd=config.width,
        n_layer=config.layers,
        n_head=config.heads,
        **dict.fromkeys(["embd_pdrop", "attn_pdrop", "resid_pdrop"], rate),
        pad_token_id=0,
        bos_token_id=0,
        eos_token_id=None,
    )
    return transformers.AutoModelForCausalLM.from_config(sizes)


def training(name, settings, device):
    """A training step: loss, gradient, clipping to norm 1, AdamW."""
    torch.manual_seed(0)
    model = (own(settings) if name == OWN else theirs(settings, name)).to(device)
    model.train()
    batch, vocab = settings["batch"], settings["config"]["vocab_size"]
    ids = torch.randint(vocab, (batch, settings["config"]["context"] + 1)).to(device)
    fast = contextlib.nullcontext
    if name == OWN:
        from gpt1.speed.dropout import fast_dropout
        from gpt1.train.optimizer import make_optimizer

        optimizer = make_optimizer(model, learning_rate=2.5e-4)
        measure = torch.compile(model.loss) if settings["compile"] else model.loss
        if settings["dropout"] and device == "cpu" and not settings["compile"]:
            fast = fast_dropout

        def loss():
            return measure(ids[:, :-1], ids[:, 1:])
    else:
        optimizer = torch.optim.AdamW(model.parameters(), lr=2.5e-4)
        called = torch.compile(model) if settings["compile"] else model

        def loss():
            return called(input_ids=ids[:, :-1], labels=ids[:, :-1]).loss

    low = settings["precision"] == "bf16"

    def step():
        for _ in range(settings["repeat"]):
            with fast(), torch.autocast(device, torch.bfloat16, enabled=low):
                value = loss()
            value.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)

    return step


def generation(name, settings, device):
    """Writing tokens after a prompt, the likeliest each time; batch 1."""
    torch.manual_seed(0)
    settings = {**settings, "dropout": 0.0}
    ours = name == OWN or name in OWN_IN
    model = (own(settings) if ours else theirs(settings, name)).to(device)
    model.eval()
    vocab, new = settings["config"]["vocab_size"], settings["new"]
    ids = torch.randint(1, vocab, (1, settings["prompt"])).to(device)
    if ours:
        from gpt1.generate import faster, generate

        model = faster(model, OWN_IN.get(name, settings["precision"]))

        def write():
            text = generate(model, ids, new, temperature=0)
            assert len(text[0]) == ids.size(1) + new
    else:
        if settings["precision"] == "bf16":
            model.to(torch.bfloat16)
        options = {"max_new_tokens": new, "min_new_tokens": new, "do_sample": False}
        options["attention_mask"] = torch.ones_like(ids)

        def write():
            with torch.no_grad():
                text = model.generate(ids, **options)
            assert text.size(1) == ids.size(1) + new

    return write


WORK = {"training": training, "generation": generation}
