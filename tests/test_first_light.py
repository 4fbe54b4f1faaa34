"""Training and writing, end to end, through the commands that a reader types."""

import pytest

from lib.runs import command

pytestmark = pytest.mark.weekly
VERSE = "the cat sat on the mat.\nthe dog sat on the logs.\n"


def test_a_model_learns_a_verse_and_writes_it(tmp_path):
    (tmp_path / "verse.txt").write_text(VERSE * 200, encoding="utf-8")
    result = command(
        "gpt1.__main__",
        *("train", "--dataset", "verse.txt", "--tokenizer", "characters"),
        *("--epochs", 4, "--batch-size", 4, "--context", 32, "--warmup", 10),
        *("--layers", 2, "--width", 64),
        folder=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("\nEpoch ") == 4
    assert result.stdout.splitlines()[-1].startswith("Training completed.")
    result = command(
        "gpt1.__main__",
        *("generate", "--prompt", "the cat sat", "--temperature", 0),
        *("--max_length", 70, "--model_path", "checkpoints/best_model.pth"),
        folder=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.rstrip("\n") in VERSE * 3
    assert len(result.stdout.rstrip("\n")) >= 69
