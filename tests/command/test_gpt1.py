"""The command `gpt1`, its sub-commands, and `gpt1 count`."""

import runpy
import subprocess
import sys

import pytest

from gpt1 import GPTConfig, __main__, __version__, count


def run(*command):
    return subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, timeout=300
    )


def printed(capsys, *arguments):
    __main__.main(list(arguments))
    return capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_without_a_command_the_commands_are_told(capsys, arguments):
    told = printed(capsys, *arguments)
    for name in __main__.COMMANDS:
        assert f"\n  gpt1 {name} " in told
    assert "--version" in told


@pytest.mark.parametrize("arguments", [["trian"], ["--verbose"], ["generat", "--help"]])
def test_an_unknown_command_is_told_in_one_line(capsys, arguments):
    with pytest.raises(SystemExit) as stop:
        __main__.main(arguments)
    told = capsys.readouterr().err
    assert stop.value.code == 2
    assert (told[:7], told.count("\n")) == ("error: ", 1)
    assert repr(arguments[0]) in told
    assert ", ".join(__main__.COMMANDS) in told


def test_the_version_is_the_packages(capsys):
    assert printed(capsys, "--version") == f"gpt1 {__version__}\n"


@pytest.mark.parametrize("command", __main__.COMMANDS)
def test_a_sub_command_is_the_module_of_its_name(capsys, monkeypatch, command):
    with pytest.raises(SystemExit) as stop:
        __main__.main([command, "--help"])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: gpt1 {command} ")
    # What python -m does, in this process.
    monkeypatch.delitem(sys.modules, f"gpt1.{command}.__main__")
    monkeypatch.setattr(sys, "argv", [f"gpt1.{command}", "--help"])
    with pytest.raises(SystemExit) as stop:
        runpy.run_module(f"gpt1.{command}", run_name="__main__", alter_sys=True)
    assert stop.value.code == 0
    assert capsys.readouterr() == (told, "")


def test_count_prints_the_ledgers_of_gpt1(capsys):
    told = printed(capsys, "count")
    config = GPTConfig()
    for ledger in (
        count.parameters(config),
        count.flops(config),
        count.training_memory(config, 1),
        count.activations(config, 1),
        count.generation_memory(config),
    ):
        assert f"\n{ledger}\n" in told
    for number in ("116,534,784", "250,917,888", "752,753,664"):
        assert number in told


def test_count_takes_sizes_with_underscores_and_hyphens(capsys):
    told = printed(
        capsys,
        *("count", "--preset", "tiny", "--vocab-size", "701", "--feed_forward", "99"),
        *("--width=64", "--layers", "3", "--heads", "8", "--context", "50"),
        *("--dropout", "0.25", "--time", "20", "--batch-size", "6"),
    )
    sizes = {"vocab_size": 701, "context": 50, "width": 64, "layers": 3, "heads": 8}
    config = GPTConfig(**sizes, feed_forward=99, dropout=0.25)
    assert f"\n{count.parameters(config)}\n" in told
    assert f"\n{count.flops(config, 20)}\n" in told
    assert f"\n{count.training_memory(config, 6, 20)}\n" in told


@pytest.mark.parametrize("preset", ["gpt1", "tiny"])
def test_the_columns_of_count_are_aligned(capsys, preset):
    blocks = printed(capsys, "count", "--preset", preset).strip().split("\n\n")
    assert len(blocks) == 6
    for block in blocks[1:]:
        lines = block.splitlines()
        lines = lines[1 : 1 + next(i for i, x in enumerate(lines) if x[:5] == "total")]
        assert len({len(line) for line in lines}) == 1
        assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--heads", "7"], "heads must divide width: 768 / 7"),
        (["--time", "513"], "time must be 1 to 512, got 513"),
        (["--batch_size", "0"], "batch must be at least 1, got 0"),
        (["--layers", "-1"], "layers must be a whole number >= 1, got -1"),
    ],
)
def test_sizes_that_make_no_model_are_told_in_one_line(capsys, arguments, named):
    with pytest.raises(SystemExit) as stop:
        __main__.main(["count", *arguments])
    told = capsys.readouterr().err
    assert stop.value.code == 2
    assert (told[:7], told.count("\n")) == ("error: ", 1)
    assert named in told


@pytest.mark.slow
def test_count_makes_no_model():
    """GPT-3's sizes would not fit into memory."""
    sizes = ("--width", "12288", "--layers", "96", "--heads", "96", "--context", "2048")
    result = run("gpt1.count", *sizes)
    assert result.returncode == 0
    assert "174,4" in result.stdout
