"""Training and writing, end to end, through the commands that a reader types."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gpt1 import generate, train
from gpt1.generate import load_model
from gpt1.train import TrainConfig, evaluate, prepare

SHAKESPEARE = (
    Path(__file__).parents[2] / "shared" / "data" / "tinyshakespeare" / "input.txt"
)
VERSE = "the cat sat on the mat.\nthe dog sat on the logs.\n"


def run(module, *arguments, folder):
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder in which a model was trained on a short verse, and what was printed."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "verse.txt").write_text(VERSE * 300, encoding="utf-8")
    result = run(
        "gpt1.train",
        *("--dataset", "verse.txt", "--epochs", 4, "--batch-size", 4),
        *("--context", 32, "--warmup", 10),
        folder=folder,
    )
    assert result.returncode == 0, result.stderr
    return folder, result


def test_training_reports_each_epoch_and_its_end(trained):
    _, result = trained
    lines = result.stdout.splitlines()
    assert [line[:21] for line in lines[1:5]] == [
        f"Epoch {epoch}: Train Loss =" for epoch in range(1, 5)
    ]
    assert lines[-1].startswith("Training completed.")


def test_the_best_checkpoint_is_readable_without_unpickling_code(trained):
    folder, _ = trained
    path = folder / "checkpoints" / "best_model.pth"
    contents = torch.load(path, weights_only=True)
    assert {"model", "config", "tokenizer"} <= set(contents)


def test_the_checkpoint_holds_the_model_whose_validation_loss_was_reported(trained):
    folder, result = trained
    model, _ = load_model(folder / "checkpoints" / "best_model.pth", "cpu")
    options = TrainConfig(dataset=str(folder / "verse.txt"), context=32, batch_size=4)
    _, _, validation = prepare(options)
    losses = [
        float(line.rsplit("= ", 1)[1])
        for line in result.stdout.splitlines()
        if line.startswith("Epoch")
    ]
    assert evaluate(model, validation) == pytest.approx(min(losses), abs=1e-4)


def test_the_model_has_learned_the_verse(trained):
    folder, _ = trained
    result = run(
        "gpt1.generate",
        *("--prompt", "the cat sat", "--temperature", 0, "--max_length", 70),
        folder=folder,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.rstrip("\n") in VERSE * 3
    assert len(result.stdout) == 70 + 1


def test_the_same_seed_writes_the_same_text_and_another_seed_another(trained):
    folder, _ = trained
    texts = [
        run(
            "gpt1.generate",
            *("--prompt", "the ", "--temperature", 3, "--seed", seed),
            folder=folder,
        ).stdout
        for seed in (1, 1, 2)
    ]
    assert texts[0] == texts[1] != texts[2]


@pytest.mark.parametrize(
    ("command", "arguments", "named"),
    [
        (train, [], "--dataset"),
        (train, ["--dataset", "nowhere.txt"], "nowhere.txt"),
        (train, ["--dataset", "verse.txt", "--epochs", "0"], "--epochs"),
        (train, ["--dataset", "verse.txt", "--subset", "0"], "subset"),
        (train, ["--dataset", "verse.txt", "--context", "9999"], "10000"),
        (train, ["--dataset", "verse.txt", "--device", "abacus"], "abacus"),
        (train, ["--dataset", "verse.txt", "--tempo", "3"], "--tempo"),
        (train, ["--dataset", "verse.txt", "--out", "verse.txt"], "verse.txt"),
        (train, ["--dataset", "verse.txt", "--learning_rate", "nan"], "nan"),
        (generate, ["--prompt", "a", "--model_path", "no.pth"], "no.pth"),
        (generate, ["--prompt", "a", "--model_path", "verse.txt"], "verse.txt"),
        (generate, ["--prompt", "~"], "'~'"),
        (generate, ["--prompt", "the", "--max-length", "3"], "--max_length"),
        (generate, ["--prompt", "the", "--temperature", "-1"], "--temperature"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    trained, command, arguments, named, monkeypatch, capsys
):
    folder, _ = trained
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as stop:
        command.main(arguments)
    told = capsys.readouterr().err
    assert stop.value.code == 2
    assert told.startswith("error: ")
    assert told.count("\n") == 1
    assert named in told


def test_a_loss_that_explodes_is_told_and_leaves_the_best_model(trained):
    folder, _ = trained
    path = folder / "checkpoints" / "best_model.pth"
    before = path.read_bytes()
    result = run(
        "gpt1.train",
        *("--dataset", "verse.txt", "--learning_rate", 1e30, "--warmup", 0),
        folder=folder,
    )
    assert result.returncode == 2
    assert "--learning_rate" in result.stderr
    assert path.read_bytes() == before


def test_the_gpt1_command_names_its_commands(tmp_path):
    assert "train" in run("gpt1.cli", folder=tmp_path).stdout
    result = run("gpt1.cli", "trian", folder=tmp_path)
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)


@pytest.mark.skipif(
    not SHAKESPEARE.is_file(), reason="Tiny Shakespeare is not beside the project"
)
def test_real_text_is_learned_beyond_its_letter_frequencies(tmp_path):
    result = run(
        "gpt1.train",
        *("--dataset", SHAKESPEARE, "--subset", 1600, "--batch_size", 16),
        folder=tmp_path,
    )
    assert result.returncode == 0, result.stderr
    loss = float(result.stdout.split("Val Loss = ")[1].split("\n")[0])
    assert loss < 2.9  # single letters have 3.3 nats
    result = run(
        "gpt1.generate", "--prompt", "ROMEO:", "--max_length", 50, folder=tmp_path
    )
    assert result.stdout.startswith("ROMEO:")
    assert len(result.stdout) == 50 + 1
