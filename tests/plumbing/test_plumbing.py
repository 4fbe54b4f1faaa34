"""Files that are whole or absent, devices, and what importing the package costs."""

import os
import subprocess
import sys

import pytest
import torch

from gpt1.plumbing.device import pick_device
from gpt1.plumbing.files import (
    atomic_write,
    load_checkpoint,
    save_checkpoint,
    temporary_file,
)
from gpt1.plumbing.hub import hub_folder, is_hub_name


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")

    def write_half():
        with atomic_write(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="power"):
        write_half()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_replaces_the_file_and_makes_its_folder(tmp_path):
    path = tmp_path / "new" / "file.txt"
    for text in ("one", "two"):
        with atomic_write(path) as temporary:
            temporary.write_text(text)
        assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


def test_the_new_file_takes_the_old_ones_place_in_one_step(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")
    before = path.stat().st_ino
    with atomic_write(path) as temporary:
        temporary.write_text("new")
        new = temporary.stat().st_ino
    # The old file is not written into: another one now has its name.
    assert path.stat().st_ino == new != before


@pytest.mark.parametrize("write", [atomic_write, temporary_file])
def test_a_new_file_has_the_rights_of_any_other_and_threads_keep_theirs(
    tmp_path, monkeypatch, write
):
    (tmp_path / "other.txt").touch()
    # A process has one umask: while it is changed, other threads make open files.
    monkeypatch.setattr(os, "umask", None)
    with write(tmp_path / "file.txt") as temporary:
        assert temporary.stat().st_mode == (tmp_path / "other.txt").stat().st_mode


def test_a_checkpoint_comes_back(tmp_path):
    contents = {"tensor": torch.arange(3), "number": 2.5, "name": "é"}
    save_checkpoint(tmp_path / "c.pth", contents)
    loaded = load_checkpoint(tmp_path / "c.pth")
    assert torch.equal(loaded.pop("tensor"), contents.pop("tensor"))
    assert loaded == contents


class Payload:
    def __reduce__(self):
        return print, ("this code ran",)


@pytest.mark.parametrize("damage", ["cut", "noise", "text", "code", "other"])
def test_a_checkpoint_that_is_none_is_said_and_its_code_not_run(
    tmp_path, damage, capsys
):
    path = tmp_path / "c.pth"
    if damage == "code":
        torch.save(Payload(), path)
    elif damage == "other":
        torch.save([1, 2], path)
    else:
        save_checkpoint(path, {"tensor": torch.arange(1000)})
        whole = path.read_bytes()
        path.write_bytes(
            {"cut": whole[: len(whole) // 2], "noise": b"\0" * 99, "text": b"hello"}[
                damage
            ]
        )
    with pytest.raises(ValueError, match="not a checkpoint"):
        load_checkpoint(path)
    assert "this code ran" not in capsys.readouterr().out


def test_the_device_is_the_cpu_where_there_is_no_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert pick_device().type == "cpu"
    assert pick_device("cpu").type == "cpu"


def test_a_device_that_is_not_there_is_said():
    with pytest.raises(ValueError, match="abacus"):
        pick_device("abacus")


@pytest.mark.slow
def test_the_commands_import_torch_and_nothing_else_that_has_to_be_installed():
    heavy = "transformers datasets tokenizers spacy ftfy tqdm matplotlib safetensors"
    heavy = [*heavy.split(), "huggingface_hub", "IPython"]
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "import torch; before = set(sys.modules)\n"
        "import gpt1.generate, gpt1.train, gpt1.count, gpt1.__main__\n"
        f"print((sys.modules.keys() - before) & set({heavy}))"
    )
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "set()\n"


# --- names on the hub -----------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["gpt2", "openai/openai-gpt", "a/phi-1.5", "a/gpt-1.3B", "a/b-v0.1"],
)
def test_a_name_of_the_hub_is_one(name):
    assert is_hub_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "a.ckpt", "b/a.safetensors", "a.text", "./a", "../a", "a/b/c", "a b"],
)
def test_what_looks_like_a_file_is_not_asked_of_the_hub(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    assert not is_hub_name(name)
    with pytest.raises(FileNotFoundError, match=f"no such file or directory: {name}$"):
        hub_folder(name, ["config.json"])
