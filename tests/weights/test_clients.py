"""Libraries that people use models with read ours: `pip install "gpt1[clients]"`."""

import importlib.util
import json

import pytest
import torch

from gpt1 import GPT, GPTConfig
from gpt1.evaluate import likelihoods
from gpt1.inspect import edited, watched
from gpt1.tokenizer import CharTokenizer

# Their warnings are theirs to mend.
pytestmark = pytest.mark.filterwarnings("default")

LETTERS = CharTokenizer("\n abcdefgh.")
TASK = """
task: endings
dataset_path: json
dataset_kwargs: {{data_files: {{test: "{file}"}}}}
output_type: multiple_choice
test_split: test
doc_to_text: "{{{{start}}}}"
doc_to_choice: ends
doc_to_target: right
target_delimiter: ""
metric_list: [{{metric: acc}}]
"""
TALES = [
    {"start": "a cab", "ends": [". bad", " had a head"], "right": 0},
    {"start": "a bad egg", "ends": ["\nfed", "."], "right": 1},
]


def needs(package):
    missing = importlib.util.find_spec(package) is None
    return pytest.mark.skipif(missing, reason=f"{package} is not installed")


@pytest.fixture
def model(tmp_path):
    """A model whose folder is `tmp_path / "model"`."""
    torch.manual_seed(0)
    sizes = {"context": 32, "width": 16, "layers": 2, "heads": 2, "init_std": 0.3}
    model = GPT(GPTConfig(vocab_size=LETTERS.vocab_size, **sizes)).eval()
    model.save_pretrained(tmp_path / "model")
    LETTERS.save_pretrained(tmp_path / "model")
    return model


@pytest.fixture
def bridge(model, tmp_path):
    """The same model in TransformerLens."""
    from transformer_lens.model_bridge import TransformerBridge

    theirs = TransformerBridge.boot_transformers(
        str(tmp_path / "model"), device="cpu", dtype=torch.float32
    )
    theirs.cfg.use_attn_result = True
    return theirs


def likelihood(model, start, end):
    """Nats of a text after another, and whether greedy choices would write it."""
    ids = torch.tensor([LETTERS.encode(start + end)])  # (1, time)
    first = len(LETTERS.encode(start))
    with torch.no_grad():
        nats = model(ids).log_softmax(-1)[0, first - 1 : -1]  # (end, vocab)
    targets = ids[0, first:]  # (end,)
    found = nats.gather(1, targets[:, None]).sum().item()
    return found, torch.equal(nats.argmax(-1), targets)


@needs("lm_eval")
def test_lm_eval_finds_our_likelihoods_on_a_task_of_local_files(model, tmp_path):
    from lm_eval import simple_evaluate
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    file = tmp_path / "tales.jsonl"
    file.write_text("".join(f"{json.dumps(tale)}\n" for tale in TALES))
    (tmp_path / "tasks").mkdir()
    task = TASK.format(file=file.as_posix())
    (tmp_path / "tasks" / "endings.yaml").write_text(task)
    folder = str(tmp_path / "model")
    # It wants a first token for texts that have none before them.
    start = LETTERS.ids["\n"]
    theirs = HFLM(folder, device="cpu", batch_size=2, prefix_token_id=start)
    tasks = TaskManager(include_path=str(tmp_path / "tasks"), include_defaults=False)
    told = simple_evaluate(theirs, tasks=["endings"], task_manager=tasks)
    pairs = [(tale["start"], end) for tale in TALES for end in tale["ends"]]
    scores = iter(likelihoods(model, LETTERS, pairs))
    right = 0
    for tale, sample in zip(TALES, told["samples"]["endings"], strict=True):
        ours = [likelihood(model, tale["start"], end) for end in tale["ends"]]
        for nats, _ in ours:
            assert next(scores).total == pytest.approx(nats, abs=1e-4)
        assert sample["doc"] == tale
        for (nats, greedy), [(theirs_nats, theirs_greedy)] in zip(
            ours, sample["resps"], strict=True
        ):
            assert float(theirs_nats) == pytest.approx(nats, abs=1e-4)
            assert str(theirs_greedy) == str(greedy)
        right += ours[tale["right"]] == max(ours)
    assert told["results"]["endings"]["acc,none"] == right / len(TALES)


@needs("lm_eval")
def test_lm_eval_and_our_scorer_agree_on_any_pair(model, tmp_path):
    """Spaces at the seam, contexts that are cut, and texts without a context too."""
    from lm_eval.api.instance import Instance
    from lm_eval.models.huggingface import HFLM

    start = LETTERS.ids["\n"]
    folder = str(tmp_path / "model")
    theirs = HFLM(folder, device="cpu", batch_size=3, prefix_token_id=start)
    pairs = [("a cab", " bad"), ("a bad ", "egg"), ("", "a head"), ("fed", ".")]
    pairs += [("gag a bee. " * 5, "a cafe"), ("gag a bee. " * 3, "fed")]
    asked = [Instance("loglikelihood", {}, pair, i) for i, pair in enumerate(pairs)]
    told = theirs.loglikelihood(asked)
    ours = likelihoods(model, LETTERS, pairs, start=[start])
    assert [score.cut for score in ours] == [0, 0, 0, 0, 55 + 6 - 33, 33 + 3 - 33]
    for score, (nats, _), pair in zip(ours, told, pairs, strict=True):
        assert score.total == pytest.approx(nats, abs=1e-4), pair


@needs("transformer_lens")
def test_transformer_lens_computes_our_logits(model, bridge):
    ids = torch.tensor([LETTERS.encode("a cab. a bad egg")])  # (1, 16)
    with torch.no_grad():
        torch.testing.assert_close(bridge(ids), model(ids), rtol=0, atol=1e-4)
    assert bridge.to_tokens("a cab", prepend_bos=False).tolist() == ids[:, :5].tolist()


BY_TRANSFORMER_LENS = {
    "input": "hook_resid_pre",
    "attention.query": "attn.hook_q",
    "attention.key": "attn.hook_k",
    "attention.value": "attn.hook_v",
    "attention.weights": "attn.hook_pattern",
    "attention.heads": "attn.hook_z",
    "attention.contributions": "attn.hook_result",
    "attention.output": "hook_attn_out",
    "middle": "hook_resid_mid",
    "feed_forward.inner": "mlp.hook_post",
    "feed_forward.output": "hook_mlp_out",
    "output": "ln2.hook_out",
}


@needs("transformer_lens")
def test_transformer_lens_reads_what_we_read(model, bridge):
    ids = torch.tensor([LETTERS.encode("a cab. a bad egg"), [*range(11), *[3] * 5]])
    with torch.no_grad(), watched(model) as run:
        model(ids)
    with torch.no_grad():
        _, cache = bridge.run_with_cache(ids)
    named = {
        f"blocks.{layer}.{ours}": f"blocks.{layer}.{theirs}"
        for layer in range(2)
        for ours, theirs in BY_TRANSFORMER_LENS.items()
    }
    named |= {"logits": "hook_unembed", "position_embedding": "hook_pos_embed"}
    assert set(run) == {"token_embedding", *named}  # theirs goes by without a name
    for ours, theirs in named.items():
        found = cache[theirs]
        if run[ours].dim() == 4 and not ours.endswith("weights"):
            found = found.transpose(1, 2)  # (batch, heads, time, ...)
        if ours == "position_embedding":
            found = found[0]  # (time, width)
        torch.testing.assert_close(run[ours], found, rtol=0, atol=1e-4, msg=ours)


@needs("transformer_lens")
def test_transformer_lens_writes_what_we_write(model, bridge):
    ids = torch.tensor([LETTERS.encode("a cab. a bad egg")])  # (1, 16)

    def off(heads):
        heads[:, 1] = 0

    def theirs_off(heads, hook):
        heads[:, :, 1] = 0
        return heads

    with torch.no_grad(), edited(model, {"blocks.1.attention.heads": off}):
        ours = model(ids)
    with torch.no_grad():
        hooks = [("blocks.1.attn.hook_z", theirs_off)]
        theirs = bridge.run_with_hooks(ids, fwd_hooks=hooks)
        assert not torch.allclose(ours, model(ids), rtol=0, atol=1e-2)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-4)
