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
from lib.folders import Trap


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


def test_a_write_makes_the_folder_and_replaces_the_file_in_one_step(tmp_path):
    path, number = tmp_path / "new" / "file.txt", None
    for text in ("one", "two"):
        with atomic_write(path) as temporary:
            temporary.write_text(text)
            written = temporary.stat().st_ino
        assert path.read_text() == text
        # The old file is not written into: another one now has its name.
        assert path.stat().st_ino == written != number
        number = written
    assert list(path.parent.iterdir()) == [path]


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


def cut(path):
    save_checkpoint(path, {"tensor": torch.arange(1000)})
    path.write_bytes(path.read_bytes()[:4000])


DAMAGE = {
    "cut": cut,
    "noise": lambda path: path.write_bytes(b"\0" * 99),
    "text": lambda path: path.write_bytes(b"hello"),
    "code": lambda path: torch.save(Trap(path.with_name("ran")), path),
    "other": lambda path: torch.save([1, 2], path),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_checkpoint_that_is_none_is_said_and_its_code_not_run(tmp_path, damage):
    damage(tmp_path / "c.pth")
    with pytest.raises(ValueError, match="not a checkpoint"):
        load_checkpoint(tmp_path / "c.pth")
    assert not (tmp_path / "ran").exists()


def test_the_device_is_the_cpu_where_there_is_no_cuda(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert pick_device().type == "cpu"
    assert pick_device("cpu").type == "cpu"
    with pytest.raises(ValueError, match="abacus"):
        pick_device("abacus")


@pytest.mark.slow
def test_the_commands_import_torch_and_nothing_else_that_has_to_be_installed():
    heavy = "transformers datasets tokenizers spacy ftfy tqdm matplotlib safetensors"
    heavy = [*heavy.split(), "huggingface_hub", "IPython"]
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "import torch; before = set(sys.modules)\n"
        "import gpt1.generate, gpt1.train, gpt1.count, gpt1.evaluate, gpt1.__main__\n"
        f"print((sys.modules.keys() - before) & set({heavy}))"
    )
    words = [sys.executable, "-W", "ignore", "-c", code]
    assert subprocess.check_output(words, text=True) == "set()\n"


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
