"""The model in the page is the package's: the same ids, logits and stories.

In node and, weekly, in a browser, each of which is skipped where it is missing.
"""

import json
import random
import re
import shutil
import subprocess
import unicodedata

import pytest
import torch

from book._ext.pages.play import MODEL, SEED, made, stored, tokenizer
from gpt1.generate import generate
from gpt1.generate.sampling import candidates
from gpt1.model import attention_weights
from gpt1.plumbing.files import load_checkpoint
from gpt1.tales import generate_tales
from gpt1.weights import SHIPPED_FILES
from lib.book.chapters import ROOT

ENGINE = (ROOT / "book" / "_static" / "play" / "engine.js").read_text("utf8")
MOST_BYTES = 5_000_000
GREEDY, CONTEXT, EVERY = 100, 384, 29
OFF = [[0, 1], [1, 0], [2, 1]]
SAMPLING = [{"temperature": t, "k": k, "p": p} for t, k, p in (
    (1.0, 0, 1.0), (0.7, 40, 1.0), (1.5, 0, 0.9), (0.3, 5, 0.5), (0.0, 40, 1.0)
)]  # fmt: skip

# All that the tests compare, in one go: starting the engine takes most of the time.
WORK = """async (given) => {
  const { texts, whole, begin, greedy, every, off, sampling } = JSON.parse(given);
  const { end, seed } = JSON.parse(given);
  const { encode, decode } = gpt1.makeTokenizer(JSON.parse(given).tokenizer);
  const { config } = gpt1.stored;
  const model = gpt1.makeModel(config, await gpt1.unpack(gpt1.stored));
  const found = { ids: texts.map(encode) };
  found.decoded = found.ids.map(decode);
  const read = (ids) => ids.forEach(model.step);
  const list = (values) => Array.from(values);
  found.read = whole.length;
  read(whole);
  found.logits = whole.map((_, i) => i).filter((i) => i % every === 0)
    .map((i) => list(model.logits(i)));
  const place = 38;
  const each = (length, make) => Array.from({ length }, (_, i) => make(i));
  found.reads = each(config.layers, (layer) =>
    each(config.heads, (head) => list(model.read(layer, head, place))));
  found.lens = each(config.layers + 1, (level) => list(model.lens(level, place)));
  found.chosen = sampling.map((options) => {
    const { tokens, chances } = gpt1.candidates(model.logits(place), options);
    return { tokens: list(tokens), chances: list(chances) };
  });
  try {
    if (whole.length === config.context) model.step(0);
  } catch (error) {
    found.full = error.message;
  }
  const story = [...begin];
  found.kept = model.keep(begin);
  read(begin.slice(found.kept));
  while (story.length < begin.length + greedy) {
    const logits = model.logits(story.length - 1);
    const { tokens } = gpt1.candidates(logits, { temperature: 0 });
    story.push(tokens[0]);
    model.step(tokens[0]);
  }
  found.greedy = story;
  const told = [...end];
  model.keep([]);
  read(end);
  while (told.length === 2 || told.at(-1) !== end[1] || told.at(-2) !== end[0]) {
    const place = told.length;
    const next = gpt1.candidates(model.logits(place - 1));
    told.push(gpt1.draw(next, gpt1.dice(seed, place)));
    model.step(told[place]);
  }
  found.told = told;
  model.switchOff(off);
  found.forgotten = model.ids.length;
  read(begin);
  found.off = list(model.logits(begin.length - 1));
  found.dice = each(20000, (i) => gpt1.dice(i % 200, Math.floor(i / 200)));
  const chances = { tokens: [7, 8, 9, 5], chances: [0.5, 0, 0.3, 0.2] };
  found.drawn = found.dice.map((chance) => gpt1.draw(chances, chance));
  found.last = gpt1.draw({ tokens: [7, 8], chances: [1 - 1e-9, 0] }, 1 - 1e-12);
  return JSON.stringify(found);
}"""


def odd_strings(count):
    """Strings of all that people, keyboards and broken files can send."""
    dice = random.Random(0)
    tale = "abcdehilmnorstuwy Thé,.\"'-\n"
    white = "".join(
        map(chr, [*range(9, 14), *range(28, 33), 0x85, 0xA0, 0x2003, 0x3000])
    )
    controls = "".join(
        map(chr, [*range(9), *range(14, 28), 0x7F, 0x200B, 0xFEFF, 0xD800])
    )
    marks = "\U0001f469\u200d\U0001f467\U0001f3fd\U0001f1eb\U0001f1f7é\u0302ñ½²\u0663Ⅷ"
    marks += "漢字ßΩж_\uff3f…—“”\ufffd<unk>\t\r"
    planes = [
        chr(i) for i in range(0x20, 0x1F000) if unicodedata.category(chr(i)) != "Cn"
    ]
    kinds = [tale, tale, white + tale, controls + tale, marks, planes, tale + marks]
    yield from ["", " ", "\n\n", "  he", "<unk>", "\u0130i", "a" * 400, "é " * 90]
    # Where a piece of 128 is cut tells whether the mark before it belongs to it.
    both = [f"{mark}{run * 100}" for mark in white + marks for run in ("he", '."')]
    yield from both
    for _ in range(count - 8 - len(both)):
        kind = dice.choice(kinds)
        parts = dice.choices(kind, k=dice.randint(0, 60))
        if dice.random() < 0.1:
            parts.append(dice.choice(kind) * dice.randint(120, 400))
        yield "".join(parts)


@pytest.fixture(scope="module")
def checkpoint():
    return load_checkpoint(SHIPPED_FILES[MODEL])


@pytest.fixture(scope="module")
def given(checkpoint, loaded):
    _, bpe = loaded
    tales = [tale.text for tale in generate_tales(1000, seed=0)]
    whole = bpe.encode("\n\n".join(tales[:3]))[:CONTEXT]
    return {
        "tokenizer": tokenizer(checkpoint),
        "texts": [*tales, *odd_strings(1000)],
        "whole": whole,
        "begin": whole[:20],
        "end": bpe.encode("\n\n"),
        "seed": SEED,
        "greedy": GREEDY,
        "every": EVERY,
        "off": OFF,
        "sampling": SAMPLING,
    }


@pytest.fixture(scope="module")
def weights():
    return made()[1]["weights.js"]


def in_node(folder, weights, given):
    if shutil.which("node") is None:
        pytest.skip("node is not installed, which runs the page's scripts without one")
    program = folder / "program.js"
    work = f"({WORK})(require('fs').readFileSync(0, 'utf8')).then(console.log);"
    program.write_text("\n".join([ENGINE, weights, work]), "utf8")
    done = subprocess.run(
        ["node", program],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def in_browser(browser, weights, given):
    with browser.new_context() as context:
        page = context.new_page()
        page.add_script_tag(content=ENGINE)
        page.add_script_tag(content=weights)
        # Node reads to the context's end.
        some = {**given, "whole": given["whole"][:120]}
        return page.evaluate(WORK, json.dumps(some))


ONCE_A_WEEK = pytest.param(in_browser, marks=pytest.mark.weekly)


@pytest.fixture(scope="module", params=[in_node, ONCE_A_WEEK])
def found(request, tmp_path_factory, weights, given):
    if request.param is in_browser:
        where = request.getfixturevalue("browser")
    else:
        where = tmp_path_factory.mktemp("engine")
    return json.loads(request.param(where, weights, given))


def near(found, right, most):
    found = torch.tensor(found, dtype=torch.float32)
    assert found.shape == right.shape
    assert (found - right).abs().max() <= most


def test_the_file_that_is_loaded_is_small(weights):
    assert len(weights.encode()) <= MOST_BYTES


def test_weights_in_another_precision_are_refused(checkpoint):
    single = {name: p.float() for name, p in checkpoint["model"].items()}
    with pytest.raises(ValueError, match=r"torch\.float16, got \['torch\.float32'\]"):
        stored({**checkpoint, "model": single})


@pytest.mark.slow
def test_tales_and_odd_strings_get_pythons_ids(found, given, loaded):
    _, bpe = loaded
    assert len(given["texts"]) == 2000
    for text, ids, decoded in zip(
        given["texts"], found["ids"], found["decoded"], strict=True
    ):
        right = bpe.encode(text)
        assert ids == right, repr(text)
        assert decoded == bpe.decode(right)


@pytest.mark.slow
@torch.no_grad()
def test_the_logits_are_torchs_up_to_the_contexts_end(found, given, loaded):
    model, _ = loaded
    right = model(torch.tensor([given["whole"]]))[0]
    read = found["read"]
    near(found["logits"], right[:read:EVERY], 1e-4)
    if read == CONTEXT:
        assert found["full"] == "the context holds 384 tokens"


@pytest.mark.slow
@torch.no_grad()
def test_what_heads_read_and_the_lens_are_torchs(found, given, loaded):
    model, _ = loaded
    ids = torch.tensor([given["whole"][:39]])
    x = model.token_embedding(ids) + model.position_embedding.weight[:39]
    states, reads = [x], []
    for block in model.blocks:
        query, key, _ = block.attention.split(x)
        reads.append(attention_weights(query, key)[0, :, -1])
        x = block(x)
        states.append(x)
    near(found["reads"], torch.stack(reads), 1e-5)
    near(found["lens"], torch.stack([model.logits(x)[0, -1] for x in states]), 1e-4)


@pytest.mark.slow
def test_the_greedy_story_is_torchs(found, given, loaded):
    model, _ = loaded
    (right,) = generate(model, [given["begin"]], GREEDY, temperature=0)
    assert found["greedy"] == right
    assert found["kept"] == len(given["begin"]), "what was read stays"


@pytest.mark.slow
def test_the_story_on_the_welcome_page_is_what_its_seed_draws(found, loaded):
    _, bpe = loaded
    page = (ROOT / "book" / "index.md").read_text("utf8")
    [story] = re.findall(r"\{div\} story live-story\n(.*?)\n:::::\n", page, re.DOTALL)
    paragraphs = [" ".join(part.split()) for part in story.split("\n\n")]
    assert bpe.decode(found["told"]).strip() == "\n".join(paragraphs)
    assert f"from nothing but seed {SEED}." in page


@pytest.mark.slow
@torch.no_grad()
def test_a_head_that_is_off_adds_nothing(found, given, loaded):
    model, _ = loaded
    size = model.config.head_size

    def silence(projection, inputs, layer):
        mixed = inputs[0].clone()
        for _, head in (pair for pair in OFF if pair[0] == layer):
            mixed[..., head * size : (head + 1) * size] = 0
        return (mixed,)

    hooks = [
        block.attention.projection.register_forward_pre_hook(
            lambda module, inputs, layer=layer: silence(module, inputs, layer)
        )
        for layer, block in enumerate(model.blocks)
    ]
    silent = model(torch.tensor([given["begin"]]))[0, -1]
    for hook in hooks:
        hook.remove()
    whole = model(torch.tensor([given["begin"]]))[0, -1]
    assert (silent - whole).abs().max() > 1
    near(found["off"], silent, 1e-3)
    assert found["forgotten"] == 0, "keys and values of other heads are of no use"


@pytest.mark.slow
@torch.no_grad()
def test_temperature_top_k_and_top_p_are_the_packages(found, given, loaded):
    model, _ = loaded
    logits = model(torch.tensor([given["whole"]]))[0, 38:39]
    for options, chosen in zip(SAMPLING, found["chosen"], strict=True):
        if options["temperature"] == 0:
            assert chosen == {"tokens": [logits.argmax().item()], "chances": [1]}
            continue
        chances, tokens = candidates(
            logits, options["temperature"], options["k"], options["p"]
        )
        kept = int((chances > 0).sum())
        assert sum(chance > 0 for chance in chosen["chances"]) == kept
        near(chosen["chances"][:kept], chances[0, :kept], 1e-4)
        assert chosen["tokens"][:5] == tokens[0, :5].tolist()


@pytest.mark.slow
def test_draws_follow_the_chances_and_the_same_seed_draws_the_same(found):
    assert len(set(found["dice"])) > 19_900
    counts = [found["drawn"].count(token) / 20_000 for token in (7, 8, 9, 5)]
    near(counts, torch.tensor([0.5, 0.0, 0.3, 0.2]), 0.015)
    assert found["last"] == 7, "what was cut is not drawn, however sums are rounded"
