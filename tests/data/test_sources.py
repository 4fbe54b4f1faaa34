"""Where text comes from, and how its ids are stored."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from gpt1 import tales
from gpt1.data.ids import _large, token_ids
from gpt1.data.sources import SPLITS, load_text
from gpt1.data.windows import GPTDataset, get_dataloader
from gpt1.tokenizer import BPETokenizer, CharTokenizer, GPT1Tokenizer

ROOT = Path(__file__).parents[2]
LINES = [f"line {i} of the text, which goes on a little\n" for i in range(200)]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "b.txt").write_text("".join(LINES[100:]), encoding="utf-8")
    (tmp_path / "a.txt").write_text("".join(LINES[:100])[:-1], encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("source", ["", "*.txt", "**/*.txt"])
def test_a_folder_and_a_glob_are_read_in_order_of_names(folder, source):
    text = load_text(folder / source) + load_text(folder / source, "validation")
    assert text == "".join(LINES)


def test_validation_is_the_last_tenth_of_the_lines(folder):
    splits = ("train", "validation")
    kept, held_out = (load_text(folder / "b.txt", split) for split in splits)
    assert kept + held_out == "".join(LINES[100:])
    assert held_out.startswith("line ")
    assert held_out.count("\n") in (10, 11)


def test_a_text_without_line_ends_is_cut_where_its_tenth_begins(tmp_path):
    (tmp_path / "line.txt").write_text("title\n" + "x" * 994, encoding="utf-8")
    texts = [load_text(tmp_path / "line.txt", split) for split in ("train", "test")]
    assert [len(text) for text in texts] == [900, 100]


def test_pythons_own_reference_needs_no_file():
    text = load_text("python-docs")
    assert len(text) > 300_000
    assert "Boolean" in text


def rows(folder, columns, split="train"):
    """Write a split of a data set in the hub's layout: a parquet file."""
    datasets = pytest.importorskip("datasets")
    path = folder / "data" / f"{split}-00000-of-00001.parquet"
    path.parent.mkdir(exist_ok=True, parents=True)
    datasets.Dataset.from_dict(columns).to_parquet(str(path))


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    root = tmp_path_factory.mktemp("hub")
    for split in ("train", "validation", "test"):
        texts = [f" = {split} = \n", "", "Two rows.\n"]
        rows(root, {"text": texts, "other": [1, 2, 3]}, split)
    return root


@pytest.mark.parametrize("streaming", [False, True])
def test_a_data_set_in_the_hubs_layout_is_read(hub, streaming, monkeypatch, tmp_path):
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(tmp_path))
    text = load_text(hub, "validation", streaming=streaming)
    assert text == " = validation = \n\nTwo rows.\n"


@pytest.mark.parametrize("streaming", [False, True])
def test_rows_without_text_are_left_out_and_told(
    streaming, tmp_path, monkeypatch, capsys
):
    rows(tmp_path / "set", {"text": ["one", None, "three", None]})
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(tmp_path / "datasets"))
    assert load_text(tmp_path / "set", streaming=streaming) == "one\nthree\n"
    error = capsys.readouterr().err
    assert "note: 2 rows of " in error
    assert error.endswith(
        "set (train) have no text and are left out; the first is row 1\n"
    )


@pytest.mark.parametrize(
    ("values", "kind"), [([[1, 2]] * 3, "list"), ([None, 7, 8], "int")]
)
def test_rows_of_something_else_than_text_are_named(
    values, kind, tmp_path, monkeypatch
):
    rows(tmp_path / "set", {"text": ["a", "b", "c"], "other": values})
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(tmp_path / "datasets"))
    number = sum(value is None for value in values)
    with pytest.raises(ValueError, match=f"'other'.*got {kind} in row {number}: name"):
        load_text(tmp_path / "set", column="other")


def test_a_damaged_data_set_is_said_in_one_line(tmp_path, monkeypatch):
    rows(tmp_path / "set", {"text": ["one"]})
    next((tmp_path / "set").rglob("*.parquet")).write_bytes(b"PAR1 and no more")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(tmp_path / "datasets"))
    with pytest.raises(FileNotFoundError, match=r"^the train split of .*set could"):
        load_text(tmp_path / "set")


@pytest.mark.parametrize("kind", ["characters", "pieces", "gpt1"])
def test_a_streamed_data_set_gives_the_same_ids_piece_by_piece(
    hub, kind, tmp_path, monkeypatch
):
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(tmp_path / "datasets"))
    whole = load_text(hub)
    if kind == "characters":
        tokenizer = CharTokenizer.train(whole)
    elif kind == "pieces":
        tokenizer = BPETokenizer.train(whole, 25)
    else:
        pytest.importorskip("spacy")
        letters = sorted(set(whole.lower()) - set("\n "))
        tokens = ["<unk>", *letters, *(f"{x}</w>" for x in letters), "\n</w>"]
        tokenizer = GPT1Tokenizer({t: i for i, t in enumerate(tokens)}, [])
    monkeypatch.setattr("gpt1.data.ids._large", iter)  # every row is a piece
    streamed = token_ids(hub, tokenizer, cache=tmp_path / "ids", streaming=True)
    assert streamed.tolist() == tokenizer.encode(whole)
    assert len(list((tmp_path / "ids").iterdir())) == 1


def test_pieces_are_joined_to_large_ones():
    assert list(_large(["aa", "b", "cc", "d"], characters=3)) == ["aab", "ccd", ""]
    assert list(_large(["aa", "b", "cc"], characters=3)) == ["aab", "cc"]


def test_a_stream_that_breaks_leaves_nothing(tmp_path, monkeypatch):
    def broken(*_, **__):
        yield "one line\n"
        raise FileNotFoundError("the network went")

    monkeypatch.setattr("gpt1.data.ids.iterate_text", broken)
    monkeypatch.setattr("gpt1.data.ids._large", iter)
    tokenizer = CharTokenizer.train("one li\n")
    with pytest.raises(FileNotFoundError, match="network"):
        token_ids("far/away", tokenizer, cache=tmp_path, streaming=True)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_stream_is_said_and_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("gpt1.data.ids.iterate_text", lambda *_, **__: iter([]))
    with pytest.raises(ValueError, match="the text is empty"):
        token_ids("far/away", CharTokenizer("a"), cache=tmp_path, streaming=True)
    assert list(tmp_path.iterdir()) == []


def test_a_column_that_is_not_there_is_said(hub, tmp_path, monkeypatch):
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(tmp_path))
    with pytest.raises(ValueError, match=r"no column 'words'.*text, other"):
        load_text(hub, column="words")


@pytest.mark.parametrize("source", ["wikitext-2", "nobody/nothing-at-all", "my/v-1.5"])
def test_without_a_network_the_error_names_what_needs_none(source, monkeypatch):
    datasets = pytest.importorskip("datasets")

    def no_network(*_, **__):
        raise ConnectionError("no route\nto host")

    monkeypatch.setattr(datasets, "load_dataset", no_network)
    told = "no route to host; tales and python-docs need no"
    with pytest.raises(FileNotFoundError, match=told):
        load_text(source)


@pytest.mark.parametrize(
    "source",
    [
        "book.text",
        "books/novel.md",
        "../novel",
        "./novel",
        "~/novel",
        "a b",
        "b\\c",
        "x/*",
    ],
)
def test_what_looks_like_a_file_is_not_asked_of_the_hub(source, monkeypatch):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets, "load_dataset", None)
    with pytest.raises(FileNotFoundError, match=r"^no text file at "):
        load_text(source)


def test_a_name_that_is_neither_file_nor_data_set_is_told_as_both(monkeypatch):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets, "load_dataset", None)
    told = "no file or folder my/novel here, and the train split of my/novel could"
    with pytest.raises(FileNotFoundError, match=told):
        load_text("my/novel")


def test_short_names_stand_for_the_raw_wikitexts(monkeypatch):
    datasets = pytest.importorskip("datasets")
    asked = []

    def load(*names, **options):
        asked.append((names, options))
        return datasets.Dataset.from_dict({"text": ["one\n", "two"]})

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert load_text("wikitext-103", "test") == "one\ntwo\n"
    names, options = asked[0]
    assert names == ("Salesforce/wikitext", "wikitext-103-raw-v1")
    assert options["split"] == "test"


def test_without_datasets_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "datasets", None)
    with pytest.raises(ImportError, match=r"gpt1\[data\]"):
        load_text("wikitext-2")


def test_ids_are_stored_once_and_mapped(folder, tmp_path, monkeypatch):
    tokenizer = BPETokenizer.train("".join(LINES), 100)
    cache = tmp_path / "cache"
    ids = token_ids(folder, tokenizer, cache=cache)
    assert ids.dtype == torch.uint16
    assert ids.tolist() == tokenizer.encode(load_text(folder))
    monkeypatch.setattr(BPETokenizer, "encode", None)
    assert torch.equal(token_ids(folder, tokenizer, cache=cache), ids)
    assert len(list(cache.iterdir())) == 1


def test_another_text_or_tokenizer_is_another_file(folder, tmp_path):
    cache = tmp_path / "cache"
    one, two = (BPETokenizer.train("".join(LINES), size) for size in (40, 60))
    first = token_ids(folder, one, cache=cache).tolist()
    assert token_ids(folder, two, cache=cache).tolist() != first
    (folder / "a.txt").write_text("text, line, text\n")
    assert token_ids(folder, one, cache=cache).tolist() != first
    assert len(list(cache.iterdir())) == 3


WRITER = """
import sys
from gpt1.data import token_ids
from gpt1.tokenizer import CharTokenizer
tokenizer = CharTokenizer.load(sys.argv[2])
print(len(token_ids(sys.argv[1], tokenizer, cache=sys.argv[3])))
"""


@pytest.mark.slow
def test_two_processes_at_once_leave_one_whole_file(folder, tmp_path):
    tokenizer = CharTokenizer.train("".join(LINES))
    tokenizer.save(tmp_path / "tokenizer.json")
    arguments = [folder, tmp_path / "tokenizer.json", tmp_path / "cache"]
    command = [sys.executable, "-c", WRITER, *map(str, arguments)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(2)
    ]
    ids = tokenizer.encode(load_text(folder))
    assert [p.communicate()[0].strip() for p in processes] == [str(len(ids))] * 2
    assert token_ids(folder, tokenizer, cache=tmp_path / "cache").tolist() == ids
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_large_vocabulary_is_stored_wide_enough(folder):
    letters = sorted(set("".join(LINES)))
    tokenizer = CharTokenizer([*letters, *map(chr, range(300, 70_000))])
    ids = token_ids(folder, tokenizer)
    assert ids.dtype == torch.int32
    assert ids.tolist() == tokenizer.encode(load_text(folder))


def test_one_call_goes_from_text_to_batches(folder):
    tokenizer = CharTokenizer.train("".join(LINES))
    batches = get_dataloader(folder, 3, tokenizer=tokenizer, context=16, shuffle=False)
    ids, targets = next(iter(batches))
    text = load_text(folder)
    assert ids.dtype == targets.dtype == torch.int64
    assert tokenizer.decode(ids.flatten()) == text[:48]
    assert tokenizer.decode(targets.flatten()) == text[1:49]
    assert isinstance(batches.dataset, GPTDataset)
    with pytest.raises(TypeError, match="'tokenizer' and 'context'"):
        get_dataloader(folder, 3)


def test_more_tales_begin_with_the_same(monkeypatch):
    monkeypatch.setattr("gpt1.data.sources.TALES", dict.fromkeys(SPLITS, 3))
    train, more = load_text("tales"), load_text("tales", tales=5)
    assert more == tales.join(tales.generate_tales(5))
    assert more.startswith(train)
    assert len(more) > len(train)
    for split in ("validation", "test"):
        assert load_text("tales", split, tales=5) == load_text("tales", split)
    with pytest.raises(ValueError, match="tales only, not for python-docs"):
        load_text("python-docs", tales=5)


def test_tales_are_a_corpus_with_three_splits(monkeypatch):
    monkeypatch.setattr("gpt1.data.sources.TALES", dict.fromkeys(SPLITS, 30))
    texts = [load_text("tales", split) for split in SPLITS]
    splits = ("train", "validation", "heldout")
    tellings = [tales.generate_tales(30, split=split) for split in splits]
    assert texts == list(map(tales.join, tellings))
    assert len(set(texts)) == 3
