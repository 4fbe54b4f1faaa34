"""A dataclass as a command line: names, help, presets, errors, exit statuses."""

import errno
import functools
import os
import shlex
from dataclasses import dataclass, fields

import pytest
import torch

from gpt1 import GPTConfig, weights
from gpt1.__main__ import main
from gpt1.data import load_text
from gpt1.generate.__main__ import GenerateConfig
from gpt1.loading import load_model
from gpt1.plumbing.command import given, option, parse, quoted, run
from gpt1.tokenizer import make_tokenizer
from gpt1.train.__main__ import start
from gpt1.train.recipe import OPEN, RECIPES, TrainConfig


@dataclass
class Options:
    """Cook a soup.

    More than a line.
    """

    salt: float = option(0.5, "spoons", group="taste")
    cook_hours: int = option(2, "on the fire", group="fire")
    kind: str = option("leek", "of soup", choices=("leek", "onion"))
    guests: int | None = option(None, "to feed")
    dice: float | None = option(None, "how large")
    cover: bool = option(False, "with a lid, 100% tight", group="fire")
    stir: bool = option(True, "let it stand", group="fire")


def told(capsys, *words, options=Options, **how):
    with pytest.raises(SystemExit) as stop:
        given(options, list(words), "soup", **how)
    captured = capsys.readouterr()
    return stop.value.code, captured.out, captured.err


@pytest.mark.parametrize("flag", ["--cook_hours", "--cook-hours"])
def test_underscore_and_hyphen_are_alike(flag):
    assert parse(Options, [flag, "5"]) == Options(cook_hours=5)
    assert parse(Options, [f"{flag}=5"]) == Options(cook_hours=5)


@pytest.mark.parametrize(
    "value",
    ["-- a well-known tale", "---", "-Hello", "--", "-", "-1", "--a-b=c-d", "=", "==x"],
)
@pytest.mark.parametrize("joined", [True, False])
def test_a_value_arrives_as_it_was_typed(value, joined):
    words = [f"--out={value}"] if joined else ["--out", value]
    assert given(TrainConfig, [*words, "--seed", "3"]) == {"out": value, "seed": 3}


def test_a_flag_is_no_value_of_the_one_before_it(capsys):
    assert (
        "--salt: expected one argument" in told(capsys, "--salt", "--cook-hours=3")[2]
    )
    assert given(TrainConfig, ["--resume", "--seed=-1"]) == {"resume": "", "seed": -1}
    assert given(TrainConfig, ["--resume", "a-b"]) == {"resume": "a-b"}
    assert "explicit argument 'tight'" in told(capsys, "--cover=tight")[2]


def test_what_is_not_given_keeps_its_default():
    assert parse(Options, []) == Options()
    assert given(Options, []) == {}
    assert given(Options, ["--cover", "--no_stir"]) == {"cover": True, "stir": False}
    # Hyphens in values stay.
    values = {"out": "my-run", "dataset": "a-b.txt"}
    assert given(TrainConfig, ["--out", "my-run", "--dataset=a-b.txt"]) == values


def test_the_type_is_the_one_that_the_dataclass_says():
    got = given(Options, ["--salt", "1", "--cook_hours", "4", "--guests=3", "--dice=2"])
    assert got == {"salt": 1.0, "cook_hours": 4, "guests": 3, "dice": 2.0}
    assert [type(value) for value in got.values()] == [float, int, int, float]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--pepper", "1"], "--pepper"),
        (["--cook_hours", "2.5"], "'2.5'"),
        (["--guests", "2.5"], "'2.5'"),
        (["--salt"], "--salt"),
        (["--kind", "leak"], "'leak'"),
        (["hot"], "hot"),
        (["--cook", "3"], "--cook"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(capsys, words, named):
    status, out, error = told(capsys, *words)
    assert (status, out) == (2, "")
    assert (error[:7], error.count("\n")) == ("error: ", 1)
    assert named in error
    assert "see soup --help" in error


def salted(error):
    raise error("take less salt")


@pytest.mark.parametrize("words", [["--kind="], ["--kind", ""], ["--cook-hours", ""]])
@pytest.mark.parametrize("rest", [[], ["--cover"]])
def test_an_empty_value_is_refused(words, rest):
    name = words[0].strip("-=").replace("-", "_")
    told = f"^--{name} needs a value, but got an empty one$"
    with pytest.raises(ValueError, match=told):
        given(Options, [*words, *rest])


@pytest.mark.parametrize(
    "words",
    [
        *(
            ["train", f"--{flag}"]
            for flag in ["dataset", "out", "resume", "export", "column"]
        ),
        *(["generate", f"--{flag}"] for flag in ["model_path", "device", "seed"]),
        ["count", "--preset"],
    ],
    ids=" ".join,
)
def test_each_command_refuses_empty_values(words, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*words, ""])
    assert stop.value.code == 2
    error = f"error: {words[1]} needs a value, but got an empty one\n"
    assert capsys.readouterr() == ("", error)


def test_a_prompt_may_be_empty():
    given_here = given(GenerateConfig, ["--prompt", "", "--stop="])
    assert given_here == {"prompt": "", "stop": ""}


@pytest.mark.parametrize("read", [load_text, load_model, weights.read, make_tokenizer])
def test_an_empty_name_is_not_taken_for_the_current_folder(read):
    more = (None, 0) if read == make_tokenizer else ()
    with pytest.raises(ValueError, match="needs a name, got an empty one"):
        read("", *more)


@pytest.mark.parametrize(
    "error", [ValueError, FileNotFoundError, ImportError, FloatingPointError]
)
def test_an_error_of_the_user_is_one_line_and_one_of_ours_a_traceback(capsys, error):
    with pytest.raises(SystemExit) as stop:
        run(functools.partial(salted, error))
    assert stop.value.code == 2
    assert capsys.readouterr().err == "error: take less salt\n"
    with pytest.raises(KeyError):
        run(functools.partial(salted, KeyError))


@pytest.mark.parametrize("message", ["", "saved"])
def test_ctrl_c_is_one_line_and_status_130(capsys, message):
    def main():
        raise KeyboardInterrupt(*[message] if message else [])

    with pytest.raises(SystemExit) as stop:
        run(main)
    assert stop.value.code == 130
    assert capsys.readouterr().err == (message or "stopped") + "\n"


def test_of_several_processes_the_first_speaks(capsys):
    def main(error=ValueError):
        raise error("take less salt")

    for error, words in {
        ValueError: "",
        ConnectionError: "error: take less salt\n",
        MemoryError: "error: out of memory\n",
    }.items():
        with pytest.raises(SystemExit):
            run(lambda error=error: main(error), speaks=False)
        assert capsys.readouterr().err == words


OUT_OF_MEMORY = [
    MemoryError(),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    RuntimeError(
        "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't "
        "allocate memory: you tried to allocate 8 GiB. Error code 12\nframe #0: c10"
    ),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 8 GiB. GPU 0 has"),
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: type(error).__name__)
def test_where_memory_runs_out_it_is_said_what_needs_less(capsys, error):
    def main():
        raise error

    with pytest.raises(SystemExit) as stop:
        run(main, less="a smaller --pot")
    assert stop.value.code == 2
    told = capsys.readouterr().err
    wanted = ": 8 GiB more were needed" if "8 GiB" in str(error) else ""
    assert told == f"error: out of memory{wanted}; give a smaller --pot\n"


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("No working C++ compiler found in cxx: (None, 'g++')", "no C++ compiler was"),
        ("the moon is full", "the moon is full"),
    ],
)
def test_a_compiler_that_fails_is_one_line(capsys, reason, told):
    from torch._dynamo.exc import TorchDynamoException

    def main():
        raise TorchDynamoException(f"{reason}\n\nSet TORCHDYNAMO_VERBOSE=1\n")

    with pytest.raises(SystemExit) as stop:
        run(main)
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert (error.count("\n"), error.endswith("; leave --compile out\n")) == (1, True)
    assert told in error


def test_other_errors_of_pytorch_are_ours():
    def main():
        raise RuntimeError("shapes cannot be multiplied")

    with pytest.raises(RuntimeError):
        run(main)


def test_a_message_of_several_lines_becomes_one(capsys):
    def main():
        raise ValueError("take\nless salt")

    with pytest.raises(SystemExit):
        run(main)
    assert capsys.readouterr().err == "error: take less salt\n"


@pytest.mark.skipif(os.name == "nt", reason="another shell")
@pytest.mark.parametrize("path", ["plain", "my runs/one", "it's", "$HOME;ls", "a\\b"])
def test_a_path_in_advice_can_be_pasted(path):
    assert shlex.split(f"gpt1 train --resume {quoted(path)}")[3:] == [path]


# --- help -----------------------------------------------------------------------------


def test_help_is_grouped_and_shows_defaults(capsys):
    status, text, _ = told(capsys, "--help")
    assert status == 0
    assert text.startswith("usage: soup ")
    text = " ".join(text.split())
    assert "Cook a soup. " in text
    assert "More than a line" not in text
    assert "taste: --salt N spoons (default 0.5) fire:" in text
    assert "fire: --cook_hours N on the fire (default 2) --cover" in text
    assert "--guests N to feed --dice N how large taste:" in text
    assert "of soup (default leek)" in text
    assert "--cover with a lid, 100% tight --no_stir let it stand" in text


def test_help_shows_what_presets_change(capsys):
    presets = {"quick": {"cook_hours": 1}, "slow": {"salt": 0.5, "guests": None}}
    _, text, _ = told(capsys, "--help", presets=presets)
    text = " ".join(text.split())
    assert "on the fire (default 1 in quick, default 2 in slow)" in text
    assert "spoons (default 0.5)" in text
    assert "to feed (default chosen for the text in slow)" in text


@pytest.fixture
def train_help(capsys):
    _, text, _ = told(capsys, "--help", options=TrainConfig, presets=RECIPES)
    return text


def test_each_flag_of_train_has_a_heading_and_its_defaults(train_help):
    text = " ".join(train_help.partition("\n\n")[2].split())
    for entry in fields(TrainConfig):
        assert f"{entry.metadata['group']}: --" in text
        line = train_help.partition(f"\n  --{entry.name} ")[2].partition("\n  --")[0]
        line = " ".join(line.split())
        assert entry.metadata["help"] in line, entry.name
        default = RECIPES["tiny"].get(entry.name, entry.default)
        if entry.name in OPEN:
            assert "(default chosen for the text in tiny" in line, entry.name
        elif default not in (None, False) and entry.name != "preset":
            assert f"(default {default}" in line, entry.name
    assert "the size of the model (default tiny)" in text
    assert "default 64 in gpt1" in text


def test_train_has_the_flags_of_the_original_system_and_more(train_help):
    for name in (
        *("batch_size", "epochs", "subset", "dataset", "tokenizer", "preset"),
        *("max_steps", "learning_rate", "warmup", "grad_accumulation", "precision"),
        *("compile", "seed", "resume", "out", "device", "eval_every", "save_every"),
        *("sample_every", "num_workers", "export", "optimizer"),
    ):
        assert f"\n  --{name} " in train_help, name


@pytest.fixture
def chosen(monkeypatch):
    """The options that `gpt1 train` trains with, without training."""
    options = []
    monkeypatch.setattr("gpt1.train.__main__.train", options.append)

    def choose(*words):
        start(list(words))
        return options.pop()

    return choose


def test_without_arguments_it_trains_the_tiny_model_on_tales(chosen):
    assert chosen() == TrainConfig.tiny()
    assert (chosen().dataset, chosen().tokenizer) == ("tales", "bpe")


def test_the_other_preset_is_the_paper(chosen):
    options = chosen("--preset", "gpt1")
    assert options == TrainConfig()
    paper = {"learning_rate": 2.5e-4, "warmup": 2000, "weight_decay": 0.01}
    paper |= {"batch_size": 64, "epochs": 100, "optimizer": "adamw"}
    assert vars(options).items() >= paper.items()
    assert options.model(40_478) == GPTConfig()


def test_a_flag_wins_over_the_preset(chosen):
    options = chosen("--batch-size", "5", "--width", "32")
    assert options == TrainConfig.tiny(batch_size=5, width=32)
    assert options.model(100).width == 32


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("epochs", 0, "at least 1"),
        ("batch_size", 0, "at least 1"),
        ("grad_accumulation", 0, "at least 1"),
        ("max_steps", 0, "at least 1"),
        ("subset", -1, "at least 1"),
        ("stop_after", 0, "at least 1"),
        ("learning_rate", 0, "above 0 and finite"),
        ("learning_rate", float("nan"), "above 0 and finite"),
        ("learning_rate", float("inf"), "above 0 and finite"),
        ("weight_decay", float("inf"), "at least 0 and finite"),
        ("clip", float("nan"), "at least 0"),
        ("clip", -1, "at least 0"),
        ("epochs", float("inf"), "whole number, at least 1"),
        ("warmup", 2.5, "whole number, at least 0"),
        ("seed", -1, "at least 0 and below 2.63"),
        ("seed", 2**63, "at least 0 and below 2.63"),
        ("warmup", -1, "at least 0"),
        ("dataset", "", "a name, not an empty one"),
        ("out", "", "a name, not an empty one"),
        ("export", "", "a name, not an empty one"),
        ("weight_decay", -0.1, "at least 0 and finite"),
        ("num_workers", -1, "at least 0"),
        ("eval_every", -1, "at least 0"),
        ("beta1", 1, "below 1"),
        ("beta2", -0.1, "below 1"),
        ("optimizer", "sgd", "adamw or openai"),
        ("precision", "int8", "auto or float32 or bf16 or fp16"),
        ("preset", "huge", "gpt1 or tiny"),
    ],
)
def test_a_number_out_of_range_is_said_with_its_flag(name, value, expected):
    with pytest.raises(ValueError, match=f"^--{name} must be .*{expected}.*, got "):
        TrainConfig(**{name: value})


@pytest.mark.parametrize(
    ("sizes", "named"),
    [({"heads": 5}, "heads"), ({"layers": 0}, "layers"), ({"dropout": 1.5}, "dropout")],
)
def test_a_size_that_no_model_can_have_is_said_at_once(sizes, named):
    with pytest.raises(ValueError, match=named):
        TrainConfig.tiny(**sizes)
