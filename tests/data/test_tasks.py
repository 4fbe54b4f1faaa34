"""Labelled examples: tales, data sets in the field's layouts, files of one's own."""

import json

import pytest

from gpt1 import tales
from gpt1.data.tasks import FORMS, NEEDED, TALES, load_task, read_task, task_names


def lines(path, *rows):
    """Write rows as JSON, one in each line."""
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def examples(task):
    return [(example.texts, example.label) for example in task.examples]


GLUE = {
    "cola": (
        [{"sentence": "He go.", "label": 0}, {"sentence": "He goes.", "label": 1}],
        [(("He go.",), 0), (("He goes.",), 1)],
        "classification",
    ),
    "sst2": (
        [{"sentence": "dull ", "label": 0}, {"sentence": "fine ", "label": 1}],
        [(("dull ",), 0), (("fine ",), 1)],
        "classification",
    ),
    "mrpc": (
        [
            {"sentence1": "a", "sentence2": "b", "label": 1},
            {"sentence1": "c", "sentence2": "d", "label": 0},
        ],
        [(("a", "b"), 1), (("c", "d"), 0)],
        "similarity",
    ),
    "qqp": (
        [
            {"question1": "a", "question2": "b", "label": 1},
            {"question1": "c", "question2": "d", "label": 0},
        ],
        [(("a", "b"), 1), (("c", "d"), 0)],
        "similarity",
    ),
    "stsb": (
        [
            {"sentence1": "a", "sentence2": "b", "label": 3.8},
            {"sentence1": "c", "sentence2": "d", "label": 0.0},
        ],
        [(("a", "b"), 3.8), (("c", "d"), 0.0)],
        "similarity",
    ),
    "mnli": (
        [
            {"premise": "a", "hypothesis": "b", "label": 2},
            {"premise": "c", "hypothesis": "d", "label": 0},
        ],
        [(("a", "b"), 2), (("c", "d"), 0)],
        "entailment",
    ),
    "qnli": (
        [
            {"question": "a", "sentence": "b", "label": 0},
            {"question": "c", "sentence": "d", "label": 1},
        ],
        [(("a", "b"), 0), (("c", "d"), 1)],
        "entailment",
    ),
    "rte": (
        [
            {"sentence1": "a", "sentence2": "b", "label": "not_entailment"},
            {"sentence1": "c", "sentence2": "d", "label": "entailment"},
        ],
        [(("a", "b"), 1), (("c", "d"), 0)],
        "entailment",
    ),
    "snli": (
        [
            {"premise": "a", "hypothesis": "b", "label": -1},
            {"premise": "c", "hypothesis": "d", "label": 1},
            {"premise": "e", "hypothesis": "f", "label": 0},
        ],
        [(("c", "d"), 1), (("e", "f"), 0)],
        "entailment",
    ),
    "scitail": (
        [
            {"premise": "a", "hypothesis": "b", "label": "neutral"},
            {"premise": "c", "hypothesis": "d", "label": "entails"},
        ],
        [(("a", "b"), 1), (("c", "d"), 0)],
        "entailment",
    ),
    "race": (
        [
            {
                "article": "Art.",
                "question": "Why?",
                "options": ["w", "x", "y", "z"],
                "answer": "C",
            }
        ],
        [(("Art. Why?", "w", "x", "y", "z"), 2)],
        "choice",
    ),
    "story-cloze": (
        [
            {
                **{f"input_sentence_{i}": f"S{i}." for i in (1, 2, 3, 4)},
                "sentence_quiz1": "no",
                "sentence_quiz2": "yes",
                "answer_right_ending": 2,
            }
        ],
        [(("S1. S2. S3. S4.", "no", "yes"), 1)],
        "choice",
    ),
    "winogrande": (
        [
            {
                "sentence": "It missed since _ was big.",
                "option1": "the bag",
                "option2": "the cup",
                "answer": "1",
            }
        ],
        [(("It missed since ", " was big.", "the bag", "the cup"), 0)],
        "referent",
    ),
    "wsc273": (
        [
            {
                "text": "The men told the boys that they won.",
                "pronoun": "they",
                "pronoun_loc": 27,
                "options": ["The men", "The boys"],
                "label": 1,
            },
            {
                "text": "Tom met Bob. His hat fell.",
                "pronoun": "His",
                "pronoun_loc": 13,
                "options": ["Tom", "Bob"],
                "label": 0,
            },
        ],
        [
            (("The men told the boys that ", " won.", "the men", "the boys"), 1),
            (("Tom met Bob. ", " hat fell.", "Tom's", "Bob's"), 0),
        ],
        "referent",
    ),
    "definite-pronouns": (
        [
            {
                "sentence": "His bee sat on his flower since it had pollen.",
                "pronoun": "it",
                "candidates": ["His bee", "his flower"],
                "label": 1,
            }
        ],
        [
            (
                (
                    "His bee sat on his flower since ",
                    " had pollen.",
                    "his bee",
                    "his flower",
                ),
                1,
            )
        ],
        "referent",
    ),
}


@pytest.mark.parametrize("name", GLUE)
def test_data_sets_are_read_in_the_hubs_layout(name, tmp_path):
    rows, wanted, form = GLUE[name]
    task = load_task(name, source=lines(tmp_path / "rows.jsonl", *rows))
    assert examples(task) == wanted
    assert (task.name, task.form) == (name, form)
    assert len(task) == len(wanted)
    assert task.scored == (name == "stsb")


def test_each_name_has_a_layout_that_was_tried():
    others = {"mnli-mm", "race-middle", "race-high"}
    of_tales = {"holds-together", "in-order", "follows", "same-tale", "which-ending"}
    assert {*GLUE, *others, *of_tales} == {*task_names()}
    assert {form for _, _, form in GLUE.values()} == {*FORMS}


MADE_OUT = {
    "cola": (
        "in.tsv",
        'gj04\t1\t\tHe "goes.\ngj04\t0\t*\tHe go.\n',
        [(('He "goes.',), 1), (("He go.",), 0)],
    ),
    "sst2": ("in.tsv", "sentence\tlabel\nfine\t1\ndull\t0\n", [(("fine",), 1)]),
    "mrpc": (
        "in.tsv",
        "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t7\t8\ta\tb\n0\t9\t3\tc\td\n",
        [(("a", "b"), 1), (("c", "d"), 0)],
    ),
    "mnli": (
        "in.tsv",
        (
            "index\tsentence1\tsentence2\tgold_label\n0\ta\tb\tneutral\n"
            "1\tc\td\tcontradiction\n2\te\tf\t-\n"
        ),
        [(("a", "b"), 1), (("c", "d"), 2)],
    ),
    "stsb": (
        "in.tsv",
        "index\tsentence1\tsentence2\tscore\n0\ta\tb\t5.000\n",
        [(("a", "b"), 5.0)],
    ),
    "scitail": (
        "in.tsv",
        "a\tb\tneutral\nc\td\tentails\n",
        [(("a", "b"), 1), (("c", "d"), 0)],
    ),
    "story-cloze": (
        "in.csv",
        (
            "InputStoryid,InputSentence1,InputSentence2,InputSentence3,InputSentence4,"
            "RandomFifthSentenceQuiz1,RandomFifthSentenceQuiz2,AnswerRightEnding\n"
            '7,"One, two.",B.,C.,D.,"She said ""no"".",yes,1\n'
        ),
        [(("One, two. B. C. D.", 'She said "no".', "yes"), 0)],
    ),
}


@pytest.mark.parametrize("name", MADE_OUT)
def test_data_sets_are_read_from_the_files_that_their_makers_gave_out(name, tmp_path):
    file, text, wanted = MADE_OUT[name]
    task = load_task(name, source=written(tmp_path / file, text))
    assert examples(task)[: len(wanted)] == wanted


def test_what_has_no_label_is_left_out_and_counted_in_one_line(tmp_path, capsys):
    rows = GLUE["snli"][0]
    load_task("snli", source=lines(tmp_path / "a.jsonl", *rows))
    told = capsys.readouterr().err
    assert told.startswith("note: 1 of 3 rows of ")
    assert told.endswith("left out; the first is row 0\n")
    load_task("snli", source=lines(tmp_path / "a.jsonl", *rows[1:]))
    assert capsys.readouterr().err == ""


def test_the_hub_is_asked_as_datasets_wants_it(monkeypatch):
    asked = []

    def load(name, config, *, revision, split, streaming):
        asked.append((name, config, revision, split))
        raise OSError("no network\nhere")

    monkeypatch.setattr(pytest.importorskip("datasets"), "load_dataset", load)
    for name, split in [
        ("cola", "train"),
        ("mnli", "validation"),
        ("mnli-mm", "validation"),
        ("race-high", "test"),
        ("story-cloze", "validation"),
    ]:
        with pytest.raises(FileNotFoundError, match="not be loaded: no network here"):
            load_task(name, split)
    converted = "refs/convert/parquet"
    assert asked == [
        ("nyu-mll/glue", "cola", None, "train"),
        ("nyu-mll/glue", "mnli", None, "validation_matched"),
        ("nyu-mll/glue", "mnli", None, "validation_mismatched"),
        ("ehovy/race", "high", None, "test"),
        ("juletxara/xstory_cloze", "en", converted, "eval"),
    ]


def test_a_folder_of_parquet_files_is_read_by_datasets(tmp_path, monkeypatch):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(tmp_path / "cache"))
    rows, wanted, _ = GLUE["race"]
    (tmp_path / "set" / "data").mkdir(parents=True)
    file = tmp_path / "set" / "data" / "validation-00000-of-00001.parquet"
    datasets.Dataset.from_list(rows).to_parquet(str(file))
    assert examples(load_task("race", source=tmp_path / "set")) == wanted


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_tales_make_tasks_without_a_file(split):
    task = load_task("which-ending", split, count=7)
    dealt = "heldout" if split == "test" else split
    assert task.examples == tales.examples("which_ending", 7, split=dealt)
    assert task.between == "\n"
    for example in task.examples:
        story, *endings = example.texts
        tales.read_tale(f"{story}{task.between}{endings[example.label]}")


@pytest.mark.parametrize(
    ("name", "form", "labels"),
    [
        ("holds-together", "classification", ("mixed_up", "whole")),
        ("in-order", "classification", ("out_of_order", "in_order")),
        ("follows", "entailment", ("follows", "contradicts", "neither")),
        ("same-tale", "similarity", ("two_tales", "one_tale")),
        ("which-ending", "choice", ()),
    ],
)
def test_each_task_of_the_tales_has_its_form(name, form, labels):
    task = load_task(name, count=12)
    assert (task.form, task.labels) == (form, labels)
    texts = len(NEEDED[form]) + (form == "choice")
    assert {len(example.texts) for example in task.examples} == {texts}
    found = {example.label for example in task.examples}
    assert found == set(range(len(labels) or 2))


def test_so_many_tales_make_a_task_unless_another_number_is_given(monkeypatch):
    monkeypatch.setitem(TALES, "validation", 5)
    assert len(load_task("follows")) == 5


# --- files of one's own ---------------------------------------------------------------


def test_a_csv_with_columns_of_any_name(tmp_path):
    file = written(tmp_path / "a.csv", 'stars,review\n5,"Fine,\nreally"\n1,dull\n')
    columns = {"text": "review", "label": "stars"}
    task = read_task(file, "classification", columns)
    assert examples(task) == [(("Fine,\nreally",), 1), (("dull",), 0)]
    assert task.labels == ("1", "5")


def test_labels_are_ordered_as_numbers_or_by_the_alphabet(tmp_path):
    rows = [{"t": "a", "l": label} for label in (10, 2, 1)]
    file = lines(tmp_path / "a.jsonl", *rows)
    columns = {"text": "t", "label": "l"}
    assert read_task(file, "classification", columns).labels == ("1", "2", "10")
    rows = [{"t": "a", "l": label} for label in ("pear", "fig")]
    file = lines(tmp_path / "a.jsonl", *rows)
    assert read_task(file, "classification", columns).labels == ("fig", "pear")


def test_another_split_keeps_the_labels_of_the_first(tmp_path):
    file = written(tmp_path / "a.csv", "t,l\na,fig\nb,kiwi\n")
    columns = {"text": "t", "label": "l"}
    how = {"labels": ("apple", "fig", "kiwi")}
    task = read_task(file, "classification", columns, **how)
    assert [example.label for example in task.examples] == [1, 2]
    with pytest.raises(ValueError, match=r"row 1 of .* label 'kiwi': expected 'fig'"):
        read_task(file, "classification", columns, labels=("fig", "apple"))


def test_a_number_that_is_no_label_is_not_taken_for_a_place(tmp_path):
    file = written(tmp_path / "a.csv", "t,l\na,0\nb,1\n")
    columns = {"text": "t", "label": "l"}
    with pytest.raises(ValueError, match="has the label '0': expected '1', '2'"):
        read_task(file, "classification", columns, labels=("1", "2"))


def test_scores_of_similarity_are_told_from_labels(tmp_path):
    columns = {"first": "a", "second": "b", "label": "l"}
    file = written(tmp_path / "a.csv", "a,b,l\nx,y,0.5\nx,z,3\n")
    task = read_task(file, "similarity", columns)
    assert task.scored
    assert examples(task) == [(("x", "y"), 0.5), (("x", "z"), 3.0)]
    file = written(tmp_path / "a.csv", "a,b,l\nx,y,0\nx,z,3\n")
    assert read_task(file, "similarity", columns).labels == ("0", "3")


@pytest.mark.parametrize(
    ("labels", "places"),
    [
        (("0", "2"), [0, 2]),
        (("1", "3"), [0, 2]),
        (("A", "C"), [0, 2]),
        (("one", "two"), [0, 1]),
        (("x", "q"), [0, 2]),
    ],
)
def test_a_choice_is_named_by_number_letter_column_or_text(labels, places, tmp_path):
    rows = [
        {"c": "ctx", "q": "why?", "one": "x", "two": "y", "three": last, "l": label}
        for last, label in zip(("z", "q"), labels, strict=True)
    ]
    file = lines(tmp_path / "a.jsonl", *rows)
    columns = {"context": "c", "question": "q", "label": "l"}
    columns["choices"] = ["one", "two", "three"]
    task = read_task(file, "choice", columns)
    assert [example.label for example in task.examples] == places
    assert task.examples[0].texts == ("ctx why?", "x", "y", "z")
    assert task.labels == ()


def test_choices_may_be_lists_of_different_lengths(tmp_path):
    rows = [
        {"c": "a", "o": ["x", "y"], "l": 1},
        {"c": "b", "o": ["x", "y", "z"], "l": 0},
    ]
    file = lines(tmp_path / "a.jsonl", *rows)
    columns = {"context": "c", "choices": "o", "label": "l"}
    assert examples(read_task(file, "choice", columns)) == [
        (("a", "x", "y"), 1),
        (("b", "x", "y", "z"), 0),
    ]
    file = lines(tmp_path / "a.jsonl", rows[0] | {"l": 2}, rows[1])
    with pytest.raises(ValueError, match=r"row 0 of .* label '2': expected '0', '1'$"):
        read_task(file, "choice", columns)


CLASSES = {"text": "t", "label": "l"}


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.csv", "", "is empty: expected rows with a label"),
        ("a.csv", "t,l\n", "is empty: expected rows with a label"),
        ("a.csv", "t,m\na,1\n", "there is no column 'l': the columns are t, m"),
        ("a.csv", "x,l\na,1\nb,2\n", "there is no column 't': the columns are x, l"),
        ("a.csv", "t,l\na,\nb,-1\n", "no row of .* has a label"),
        ("a.csv", "t,l\na,1\nb,1\n", "all 2 examples of .* have the label '1'"),
        ("a.csv", "t,l\na,1,3\n", "line 2, has 3 fields: expected 2"),
        ("a.tsv", 't\tl\n"a\tb"\t1\n', "line 2, has 3 fields: expected 2"),
        ("a.jsonl", '{"t": "a", "l": 1}\n{"t"\n', "line 2, is not a JSON object"),
        ("a.jsonl", "[1, 2]\n", "line 1, is not a JSON object"),
        ("a.xls", "t,l\n", "must end in .csv, .tsv, .jsonl"),
    ],
)
def test_bad_files_are_said_in_one_line(name, text, told, tmp_path, capsys):
    with pytest.raises(ValueError, match=told) as error:
        read_task(written(tmp_path / name, text), "classification", CLASSES)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("task", "told"),
    [
        (
            lambda: load_task("cole"),
            "the task 'cole' is unknown: expected one of holds-",
        ),
        (lambda: load_task("cola", "dev"), "split must be train, validation, test"),
        (lambda: load_task("follows", source="a.csv"), "made from tales, without"),
        (lambda: read_task("a.csv", "chess", CLASSES), "the form must be one of"),
        (lambda: read_task("a.csv", "choice", CLASSES), "name context, choices"),
        (lambda: read_task("", "classification", CLASSES), "got an empty one"),
    ],
)
def test_wrong_names_are_said(task, told):
    with pytest.raises(ValueError, match=told):
        task()


def test_a_file_that_is_not_there_is_said():
    with pytest.raises(FileNotFoundError, match=r"no examples at no/such\.csv: give a"):
        read_task("no/such.csv", "classification", CLASSES)


def test_numbers_that_may_count_from_0_or_from_1_are_refused(tmp_path):
    rows = [{"c": "x", "a": "p", "b": "q", "d": "r", "l": label} for label in (1, 2)]
    file = lines(tmp_path / "a.jsonl", *rows)
    columns = {"context": "c", "choices": ["a", "b", "d"], "label": "l"}
    with pytest.raises(ValueError, match="may count 3 choices from 0 or from 1"):
        read_task(file, "choice", columns)
