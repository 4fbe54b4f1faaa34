"""What a run leaves behind: a log, checkpoints, the curve, the export."""

import csv
import math
import re
import xml.etree.ElementTree as ElementTree

import pytest
import torch

from gpt1.loading import load_model
from gpt1.pictures.colours import COLOURS
from gpt1.train import evaluate
from gpt1.train.curve import BOTTOM, COLUMNS, HEIGHT, RIGHT, TOP, WIDTH, picture
from gpt1.train.loop import Loop
from gpt1.train.optimizer import schedule
from gpt1.train.pretraining import prepare, train
from gpt1.train.recipe import TrainConfig
from gpt1.train.run import Loss
from lib.runs import SMALL, flags, kept, place, train_here
from lib.warm import printed

STEPS = 20


@pytest.fixture(scope="module")
def made(warm, tmp_path_factory):
    """A folder in which `gpt1 train` has run, into a pipe, with an export."""
    folder = place(tmp_path_factory.mktemp("run") / "made")
    words = flags(max_steps=STEPS, sample_every=15, eval_every=4, export="exported")
    assert warm.run(folder, *words) == 0, (folder / "err").read_text()
    return folder


def rows(folder):
    with open(folder / "checkpoints" / "curve.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_log_has_plain_lines_and_nothing_else(made):
    out, error = [path.read_text() for path in printed(made)]
    assert error == ""
    assert b"\r" not in printed(made)[0].read_bytes()
    assert "\x1b" not in out
    patterns = [
        r"device: cpu with 1 thread, float32",
        r"model: tiny, 7,120 parameters: 2 layers, width 16, 2 heads, context 16, .*",
        r"files: train on text\.txt; validate on the last tenth",
        r"data: text\.txt, 1,632 tokens per epoch, 208 to validate",
        r"counting: (\w+gram \d\.\d{3},? ){3}nats per token",
        r"run: 20 updates of 8 x 16 tokens, adamw, learning rate 0\.01 after 4 updates",
        r"Epoch 1: Train Loss = \d\.\d{4}, Val Loss = \d\.\d{4}, \d\.\d\d above the .*",
        r"step 15 writes: '.*'",
        r"Epoch 2: Train Loss = \d\.\d{4}, Val Loss = \d\.\d{4}, \d\.\d\d above the .*",
        r"Val Loss \d\.\d{4} is \d\.\d\d above the .* level: counting does better; .*",
        r"Training completed\. Best model: checkpoints/best_model\.pth \(Val Loss = .*",
    ]
    for line, pattern in zip(out.splitlines(), patterns, strict=True):
        assert re.fullmatch(pattern, line), (line, pattern)
    assert ", vocabulary 19, dropout 0.1\n" in out
    last = r"\(Val Loss = \d\.\d{4}\) after 2,528 tokens in 0:\d\d, [\d,]+ tokens/s\n$"
    assert re.search(last, out)


def test_the_losses_that_are_printed_are_those_of_the_curve(made):
    out = printed(made)[0].read_text()
    for epoch, line in enumerate(re.findall(r"Epoch .*", out)):
        train_loss, validation_loss = map(float, re.findall(r"= ([\d.]+)", line))
        mine = [row for row in rows(made) if row["train_loss"]]
        mine = [row for row in mine if (int(row["step"]) > 13) == (epoch == 1)]
        before, nats = 1632 * epoch, 0.0
        for row in mine:
            nats += float(row["train_loss"]) * (int(row["tokens"]) - before)
            before = int(row["tokens"])
        assert train_loss == pytest.approx(nats / (before - 1632 * epoch), abs=1e-4)
        last = [row for row in rows(made) if int(row["step"]) == (13, 20)[epoch]][-1]
        assert abs(float(last["validation_loss"]) - validation_loss) <= 1e-4


def test_the_best_checkpoint_is_the_model_whose_loss_was_printed(made, monkeypatch):
    contents = torch.load(made / "checkpoints" / "best_model.pth", weights_only=True)
    assert set(contents) == {
        *("model", "config", "tokenizer", "step", "epoch", "validation_loss", "run")
    }
    losses = [float(r["validation_loss"]) for r in rows(made) if r["validation_loss"]]
    assert contents["validation_loss"] == pytest.approx(min(losses), rel=1e-5)
    monkeypatch.chdir(made)
    model, _ = load_model("checkpoints/best_model.pth", "cpu")
    run = prepare(TrainConfig.tiny(**SMALL))
    assert evaluate(model, run.validation) == contents["validation_loss"]
    out = printed(made)[0].read_text()
    assert f"(Val Loss = {contents['validation_loss']:.4f})" in out


def test_the_curve_is_a_table(made):
    table = rows(made)
    assert tuple(table[0]) == COLUMNS
    steps = [int(row["step"]) for row in table]
    assert sorted(set(steps)) == list(range(1, STEPS + 1))
    for row in table:
        step = int(row["step"])
        rate = 0.01 * schedule(step, STEPS, 4) if step < STEPS else 0
        assert float(row["learning_rate"]) == pytest.approx(rate, rel=1e-4, abs=1e-9)
        assert int(row["tokens"]) == 128 * step - (step > 12) * 32
    measured = {int(row["step"]) for row in table if row["validation_loss"]}
    assert measured == {4, 8, 12, 13, 16, 20}
    seconds = [float(row["seconds"]) for row in table]
    assert seconds == sorted(seconds)
    losses = [float(row["train_loss"]) for row in table if row["train_loss"]]
    assert losses[0] == pytest.approx(math.log(19), abs=0.2)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("given", "measured"),
    [
        ({"max_steps": 1}, [1]),
        ({"max_steps": 13}, [2, 4, 6, 8, 10, 12, 13]),
        ({"max_steps": 20}, [*range(2, 13, 2), 13, *range(14, 21, 2)]),
        ({"max_steps": 20, "eval_every": 1000}, [13, 20]),
        ({"max_steps": 20, "eval_every": 0}, [13, 20]),
        ({"epochs": 3}, [*range(4, 37, 4), *(13, 26, 39)]),
    ],
)
def test_a_run_validates_about_ten_times_unless_told(here, given, measured):
    train_here(*flags(**given))
    found = [int(r["step"]) for r in rows(here) if r["validation_loss"]]
    assert found == sorted(measured)


def test_a_long_run_validates_every_thousand_updates(here):
    run = prepare(TrainConfig.tiny(**SMALL, max_steps=10**6))
    assert Loop(run, None, None).eval_every == 1000


def test_a_point_that_is_alone_is_seen():
    def drawn(*rows):
        root = ElementTree.fromstring(picture(rows))
        return [c for c in root.iter() if c.tag.endswith("circle")]

    [mark] = drawn((1, 0, 9, 1.0, 0.1, 3.0, None))
    assert mark.get("fill") == COLOURS["blue"]
    one, two = (1, 0, 9, 1.0, 0.1, 3.0, None), (2, 0, 18, 1.0, 0.1, 2.0, 2.5)
    [mark] = drawn(one, two)
    assert mark.get("fill") == COLOURS["ink"]
    across, down = (float(mark.get(name)) for name in ("cx", "cy"))
    assert across == WIDTH - RIGHT
    assert TOP < down < HEIGHT - BOTTOM
    assert len(drawn(one, two, (3, 0, 27, 1.0, 0.1, 1.9, 2.2))) == 2


def test_the_curve_is_a_picture_with_words(made):
    root = ElementTree.parse(made / "checkpoints" / "curve.svg").getroot()
    names = {child.tag.rpartition("}")[2]: child.text for child in root.iter()}
    assert names["title"] == "Loss curve"
    final = rows(made)[-1]["validation_loss"]
    assert f"{float(final):.3f} nats per token" in names["desc"]
    words = {child.text for child in root.iter() if child.tag.endswith("text")}
    assert {"training", "validation", "updates", "nats per token"} <= words
    points = [c.get("points") for c in root.iter() if c.tag.endswith("polyline")]
    assert max(len(line.split()) for line in points) == STEPS


def test_the_export_is_read_by_hugging_face_and_by_us(made):
    transformers = pytest.importorskip("transformers")
    theirs = transformers.OpenAIGPTLMHeadModel.from_pretrained(made / "exported").eval()
    ours, tokenizer = load_model(made / "exported", "cpu")
    best, same = load_model(made / "checkpoints", "cpu")
    assert tokenizer.to_dict() == same.to_dict()
    names = transformers.AutoTokenizer.from_pretrained(made / "exported")
    assert names("the cat sat on").input_ids == tokenizer.encode("the cat sat on")
    ids = torch.tensor([tokenizer.encode("the cat sat on")])  # (1, 14)
    with torch.no_grad():
        assert torch.equal(ours(ids), best(ids))
        torch.testing.assert_close(theirs(ids).logits, ours(ids), rtol=0, atol=1e-5)


def test_the_exports_card_has_the_numbers_of_the_run(made):
    card = (made / "exported" / "README.md").read_text(encoding="utf-8")
    best = kept(made / "checkpoints")
    assert f"| validation loss | {best['validation_loss']:.4f} nats" in card
    assert f"| updates | {best['step']} of {STEPS}, " in card
    model = load_model(made / "exported", "cpu")[0]
    count = sum(parameter.numel() for parameter in model.parameters())
    assert f"| parameters | {count:,} |" in card
    assert (made / "exported" / "generation_config.json").is_file()


def test_a_readme_of_ones_own_is_not_replaced(here):
    pytest.importorskip("safetensors")
    (here / "README.md").write_text("mine")
    train_here(*flags(max_steps=2), "--export", ".")
    assert (here / "README.md").read_text() == "mine"
    train_here(*flags(max_steps=2), "--out", "two", "--export", "exported")
    train_here(
        *flags(max_steps=3), "--out", "three", "--export", "exported", "--overwrite"
    )
    assert " of 3, " in (here / "exported" / "README.md").read_text()


def test_a_finished_run_can_be_exported_later(made, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(made)
    train_here("--resume", "--export", tmp_path / "later")
    told = capsys.readouterr().out
    assert "resumed after update 20\n" in told
    assert "Training completed." in told
    for name in ("model.safetensors", "config.json", "gpt1_tokenizer.json"):
        later = (tmp_path / "later" / name).read_bytes()
        assert later == (made / "exported" / name).read_bytes()


def test_the_best_model_is_exported_not_the_last(here, monkeypatch):
    pytest.importorskip("safetensors")
    losses = iter([1.0, 2.0])
    monkeypatch.setattr("gpt1.train.run.evaluate", lambda *_: next(losses))
    train_here(*flags(max_steps=4), "--eval_every", 2, "--export", "exported")
    weights = load_model("exported", "cpu")[0].state_dict()
    best, last = (
        kept(here / "checkpoints", name)["model"]["token_embedding.weight"]
        for name in ("best_model.pth", "last.pth")
    )
    assert torch.equal(weights["token_embedding.weight"], best)
    assert not torch.equal(best, last)


def test_python_may_train_too_and_gets_the_path(here):
    options = TrainConfig.tiny(**SMALL, max_steps=2)
    path = train(options)
    assert path.name == "best_model.pth"
    assert kept(path.parent)["step"] == 2


@pytest.mark.slow
def test_compiling_changes_nothing_but_the_speed(here, monkeypatch, capsys):
    # A backend that needs no compiler for C++, and draws dropout as ever.
    monkeypatch.setattr(
        Loss, "compile", lambda self: torch.nn.Module.compile(self, backend="eager")
    )
    words = flags(max_steps=3, dropout=0)
    train_here(*words, "--out", "compiled", "--compile")
    assert "float32, compiled" in capsys.readouterr().out
    train_here(*words, "--out", "plain")
    one, two = (kept(here / name)["model"] for name in ("compiled", "plain"))
    for name, tensor in one.items():
        torch.testing.assert_close(two[name], tensor, rtol=1e-4, atol=1e-5)
