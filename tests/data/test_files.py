"""What a file, a folder or a pattern means, and what is in a text file."""

import pytest

from gpt1.data.files import read_text, text_files, told
from gpt1.data.sources import load_text


def put(folder, *names):
    """Files with their own names as text."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")


def parts(folder, source=""):
    """The names of files by what they are for; as seen from the folder."""
    return {
        split: " ".join(file.relative_to(folder).as_posix() for file in files)
        for split, files in text_files(folder / source).items()
    }


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        ("train.txt", "val.txt"),
        ("train.txt", "valid.txt"),
        ("Train.TXT", "DEV.txt"),
        ("training.txt", "validation.txt"),
        ("train.txt", "eval.txt"),
        ("train-00.txt train-01.txt", "val-00.txt"),
        ("train-00000-of-00001.txt", "validation-00000-of-00001.txt"),
        ("wiki.train.txt", "wiki.valid.txt"),
        ("en/train_en.txt", "en/dev_en.txt"),
        ("train/a.txt train/b/c.txt", "validation/a.txt"),
        ("train/val.txt", "val/a.txt"),
        ("books-train/a.txt", "books-val/a.txt"),
        ("a.txt b.txt", "validation.txt"),
        ("book.txt", "book-val.txt"),
    ],
)
def test_files_named_after_splits_are_theirs(tmp_path, train, validation):
    put(tmp_path, *train.split(), *validation.split())
    assert parts(tmp_path) == {"train": train, "validation": validation}
    text = "\n".join(train.split())
    assert load_text(tmp_path) == text
    assert load_text(tmp_path, "validation") == "\n".join(validation.split())
    with pytest.raises(FileNotFoundError, match="has no test split"):
        load_text(tmp_path, "test")


@pytest.mark.parametrize(
    "names",
    [
        "testament.txt training-day.txt",
        "the-test.txt training-day.txt",
        "devil.txt evaluations.txt trained.txt valley.txt",
        "part-1/train.txt part-2/a.txt",
        "test.txt",  # held out from what?
    ],
)
def test_other_names_are_names(tmp_path, names):
    put(tmp_path, *names.split())
    assert parts(tmp_path) == {"train": names}


def test_files_for_tests_and_others_beside_named_ones_are_left_alone(tmp_path):
    put(tmp_path, "train.txt", "test.txt", "notes.txt")
    assert parts(tmp_path) == {
        "train": "train.txt",
        "test": "test.txt",
        "left out": "notes.txt",
    }
    assert load_text(tmp_path, "test") == "test.txt"
    both = load_text(tmp_path) + load_text(tmp_path, "validation")
    assert both == "train.txt"


def test_hidden_files_never_count(tmp_path):
    put(tmp_path, "a.txt", ".b.txt", ".ipynb_checkpoints/a.txt", "c/.d/val.txt")
    put(tmp_path, "__MACOSX/a.txt", "~$a.txt", ".cache/a.parquet")
    for source in ("", "*.txt", "**/*.txt", "**"):
        assert parts(tmp_path, source) == {"train": "a.txt"}, source
    assert text_files(tmp_path / ".ipynb_checkpoints")  # if it is named itself
    assert load_text(tmp_path) + load_text(tmp_path, "validation") == "a.txt"


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*/chapter.txt", "one/chapter.txt two/chapter.txt"),
        (
            "**/chapter.txt",
            "chapter.txt one/chapter.txt two/chapter.txt two/x/chapter.txt",
        ),
        ("t*/**/c*.txt", "two/chapter.txt two/x/chapter.txt"),
        ("[o]*/../one/*.md", "one/a.md"),
        ("two/?/chapter.[t]xt", "two/x/chapter.txt"),
        ("**/nothing", ""),
    ],
)
def test_patterns_mean_what_they_mean_in_python(tmp_path, monkeypatch, pattern, found):
    put(tmp_path, "chapter.txt", "one/chapter.txt", "two/chapter.txt")
    put(tmp_path, "two/x/chapter.txt", "one/a.md")
    monkeypatch.chdir(tmp_path)
    files = {file.resolve() for file in text_files(pattern).get("train", [])}
    assert files == {tmp_path / name for name in found.split()}


def test_a_file_whose_name_has_the_marks_of_a_pattern_is_that_file(tmp_path):
    put(tmp_path, "a[1].txt", "a1.txt")
    assert parts(tmp_path, "a[1].txt") == {"train": "a[1].txt"}


def test_what_a_folder_means_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, *(f"{letter}.txt" for letter in "abcde"))
    assert told("a.txt") == "train on a.txt; validate on the last tenth"
    told_all = "train on a.txt, b.txt, c.txt and 2 more; validate on the last tenth"
    assert told(".") == told_all
    put(tmp_path, "val.txt", "test.txt")
    words = told_all.replace("the last tenth", "val.txt; left out: test.txt")
    assert told("*") == words
    assert told("nowhere") == ""


# --- what is in them ------------------------------------------------------------------

WORDS = "Ein Wörtchen — 🙂\nund noch eins"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_marks_of_the_encoding_are_no_part_of_the_text(tmp_path, encoding, end):
    (tmp_path / "a.txt").write_bytes(WORDS.replace("\n", end).encode(encoding))
    assert read_text(tmp_path / "a.txt") == WORDS


def test_marks_go_where_marked_files_were_joined(tmp_path):
    (tmp_path / "a.txt").write_bytes(2 * "one\n".encode("utf-8-sig"))
    put(tmp_path, "b.txt")
    text = load_text(tmp_path) + load_text(tmp_path, "validation")
    assert text == "one\none\n\nb.txt"


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-16-le", "not UTF-8|NUL"),
        ("utf-16-be", "not UTF-8|NUL"),
        ("utf-32", "not UTF-16|NUL"),
        ("cp1252", "not UTF-8"),
    ],
)
@pytest.mark.parametrize("text", ["plain letters", "Wörtchen"])
def test_what_is_no_utf8_is_refused(tmp_path, encoding, told, text):
    if (encoding, text) == ("cp1252", "plain letters"):
        return  # which is UTF-8, too
    (tmp_path / "a.txt").write_bytes(text.encode(encoding))
    with pytest.raises(ValueError, match=rf"a\.txt (is|has) .*{told}.*convert it to"):
        load_text(tmp_path)
