"""Cases that are shown in words: what is said of an answer that no mistake fits."""

import pytest

from lib.verdicts import said

SHOWN = {
    "kind-of-id": "For kind(0, zones), GPT-1's zones:\nexpected 'unknown', got",
    "encode-word": "For the word 'a':\nexpected [16], got",
    "likeness": "For rows [1, 0] and [0, 2] of a table:\nexpected a tensor of sha",
    "first-state": "For a batch of 1 and a time of 1, vocab 3, context 2, width 2:\nex",
    "table-gradient": "For ids [1], vocab 3:\nexpected a tensor of shape (3, 2), got",
    "overlapping-windows": "For 4 tokens, a context of 3 and a stride of 1:\nexpected",
    "translated-place": "For 4 batches of 2 done, and a new size of 4:\nexpected {'ep",
    "attention": "For 1 head of size 2, 2 positions:\nexpected a tensor of shape (1, ",
    "score-std": "width 48, head_size 12, init_std 0.02:\nexpected (0.06651, 0.0192), ",
    "contributions": "For a layer of 3 heads and x of shape (1, 2, 12):\nexpected a te",
    "streamed-attention": "For 1 key of size 2:\nexpected a tensor of shape (2,), got",
    "rms-norm": "For x [[3, 4]] and gain [1, 1]:\nexpected a tensor of shape (1, 2), ",
    "as-torch": "For width 24, 4 heads, 3 texts of 3 tokens:\nat 'its output': expecte",
    "branch-norm": "For a block of width 8 and x of shape (1, 4, 8):\nyour code stop",
    "norm-backward": "For x and grad of shape (1, 3):\nexpected a tensor of shape (1, ",
    "first-loss": "For GPTConfig():\nexpected 10.76, got",
    "log-probability": "For ids [[3, 7]]:\nexpected -5.369, got",
    "padded-loss": "For ids [[3, 7, 1]], lengths [3]:\nexpected 3.195, got",
    "is-tied": "For a tied model:\nat 'the answer': expected True, got",
    "released-softmax": "For 5 tokens, 4 positions, ids [[2]]:\nexpected a tensor of ",
    "gpt2-parameters": "a context of 5, a width of 6, 2 layers:\nexpected 1128, got",
    "next-token-flops": "a width of 6, 2 layers, and past = 0:\nexpected 1908, got",
    "largest-batch": "2 layers of width 6, without dropout, and 10 bytes:\nexpected 0,",
    "writing-seconds": "1 text, 1,000 FLOP/s and 1,000 bytes/s:\nexpected 4.944, got",
    "checkpointed-bytes": "a width of 6, 2 layers, and 1 sequence:\nexpected 580, got",
    "clip-gradients": "For two gradients, [3] and [4], and a limit of 1:\nat 'the grad",
    "estimate-error": "For a small model and 2 batches of 6 windows:\nexpected 0.",
    "combined-gradients": "For gradients [2] and [6], of 3 targets and of 1:\nexpected",
    "utilisation": "For GPT-1, 100,000 tokens and 250e12 FLOPs a second:\nexpected 0.3",
    "exponential-race": "For 20,000 rows, each [0.0, 1.0]:\nyour code stopped with Typ",
    "read-out": "For ids [[4, 9, 0]] and extract 9:\nexpected a tensor of shape (",
    "both-directions": "For two rows of which either is enough, and place 0:\nat 're",
    "fitting": "For transformer.h.0.attn.c_proj.weight, of shape (2, 2):\nexpected a t",
    "very": "For the review [3, 6] and the hint 2:\nexpected 1, got",
    "margins": "For the prompt [3] and the known token 2:\nat 'the margins': expected ",
    "lstm-parameters": "For vocab 1, width 1, cells 1:\nexpected 19, got",
    "guess-ahead": "For 1 guess, right:\nat 'tokens accepted': expected 1, got",
}


@pytest.mark.parametrize("name", SHOWN)
def test_an_unknown_mistake_shows_the_smallest_case(name):
    assert SHOWN[name] in said(name, lambda *arguments: "no")


def test_no_zero_of_a_table_has_a_sign():
    told = said("table-gradient", lambda i, gradient, v: gradient.new_ones(v, 2))
    assert "[0, 0]" in told
    assert "-0," not in told
