"""Training and writing, end to end, through the commands that a reader types."""

from pathlib import Path

import pytest

from lib.runs import command, kept, train_here

pytestmark = pytest.mark.slow
SHAKESPEARE = (
    Path(__file__).parents[2] / "shared" / "data" / "tinyshakespeare" / "input.txt"
)
VERSE = "the cat sat on the mat.\nthe dog sat on the logs.\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder in which a model was trained on a short verse, and what was printed."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "verse.txt").write_text(VERSE * 200, encoding="utf-8")
    result = command(
        "gpt1.__main__",
        *("train", "--dataset", "verse.txt", "--tokenizer", "characters"),
        *("--epochs", 4, "--batch-size", 4, "--context", 32, "--warmup", 10),
        *("--layers", 2, "--width", 64),
        folder=folder,
    )
    assert result.returncode == 0, result.stderr
    return folder, result.stdout


def test_training_reports_each_epoch_and_its_end(trained):
    _, told = trained
    lines = [line for line in told.splitlines() if line.startswith("Epoch")]
    assert [line[:21] for line in lines] == [
        f"Epoch {epoch}: Train Loss =" for epoch in range(1, 5)
    ]
    assert told.splitlines()[-1].startswith("Training completed.")


def test_the_model_has_learned_the_verse(trained):
    folder, _ = trained
    result = command(
        "gpt1.__main__",
        *("generate", "--prompt", "the cat sat", "--temperature", 0),
        *("--max_length", 70, "--model_path", "checkpoints/best_model.pth"),
        folder=folder,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.rstrip("\n") in VERSE * 3
    assert len(result.stdout.rstrip("\n")) >= 69


@pytest.mark.skipif(
    not SHAKESPEARE.is_file(), reason="Tiny Shakespeare is not beside the project"
)
def test_real_text_is_learned_beyond_its_letter_frequencies(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = SHAKESPEARE.read_text(encoding="utf-8")[:100_000]
    (tmp_path / "input.txt").write_text(text, encoding="utf-8")
    train_here(
        *("--dataset", "input.txt", "--tokenizer", "characters", "--context", 64),
        *("--layers", 2, "--width", 64, "--max_steps", 80, "--batch_size", 16),
    )
    loss = kept(tmp_path / "checkpoints", "best_model.pth")["validation_loss"]
    assert loss < 2.9  # single letters have 3.3 nats
