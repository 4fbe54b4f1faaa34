"""The labelled tasks: labels are right and balanced, and no bag of words finds them."""

from collections import Counter

import pytest

from gpt1.tales import TASKS, answers, baselines, examples, read_tale, tasks
from gpt1.tales.answers import answer
from gpt1.tales.dice import Dice
from gpt1.tales.plot import all_plots
from gpt1.tales.reading import readings

CHANCE = {task: 1 / len(labels) for task, (labels, _) in TASKS.items()}


@pytest.fixture(scope="module")
def some():
    return {task: examples(task, 60, seed=21) for task in TASKS}


@pytest.fixture(scope="module")
def many():
    """Two thousand of each task: half to learn from, half to be asked."""
    return {
        task: (examples(task, 1000, seed=11), examples(task, 1000, seed=12))
        for task in TASKS
    }


@pytest.mark.weekly  # two thousand examples of each task
@pytest.mark.parametrize("task", TASKS)
def test_words_alone_do_not_give_a_label_away(task, many):
    found = baselines.accuracies(*many[task])
    assert max(found.values()) <= CHANCE[task] + 0.1, found


@pytest.mark.weekly
@pytest.mark.parametrize("task", TASKS)
def test_an_example_says_its_label_to_who_reads_it_by_the_grammar(task, many):
    for example in many[task][1]:
        assert answer(task, example.texts) == example.label, example.texts


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_the_reader_answers_from_the_texts(task, some):
    assert [answer(task, e.texts) for e in some[task]] == [e.label for e in some[task]]


def test_the_baselines_find_what_words_do_give_away():
    """They can learn: a word, a length and a share of words seen that tell a label."""
    dice = Dice(3)

    def text(count, vocabulary):
        return " ".join(vocabulary[dice.below(len(vocabulary))] for _ in range(count))

    def made(label):
        story = text(12, ["oak", "ash", "elm", "fir", "yew", "box"])
        hinted = (
            text(6, ["oak", "ash", "elm", "fir"]) if label else text(6, ["sea", "sky"])
        )
        return tasks.Example((story, hinted + " so" * 3 * label), label)

    told = [made(number % 2) for number in range(200)]
    found = baselines.accuracies(told[:100], told[100:])
    assert found.pop("majority") == 0.5
    assert min(found.values()) > 0.9, found


def test_pairs_of_words_tell_what_no_single_word_does():
    """Whether two words agree: in two texts, in one, and in one of two choices."""
    dice = Dice(4)
    words = ["oak", "ash", "elm", "fir"]

    def two(alike):
        one = words[dice.below(4)]
        return f"the {one} so", ending(one, alike)

    def ending(one, alike):
        others = [word for word in words if word != one]
        return f"an {one if alike else others[dice.below(3)]}en too"

    def choices(label):
        one = words[dice.below(4)]
        return f"the {one} so", ending(one, label == 0), ending(one, label == 1)

    kinds = {
        "two": two,
        "one": lambda label: (" ".join(two(label)),),
        "choice": choices,
    }
    for name, make in kinds.items():
        told = [tasks.Example(make(n % 2), n % 2) for n in range(400)]
        assert baselines.word_pairs(told[:200], told[200:]) > 0.9, name
        guessed = [tasks.Example(e.texts, dice.below(2)) for e in told[:200]]
        assert baselines.word_pairs(guessed, told[200:]) < 0.8, name


@pytest.mark.parametrize("task", TASKS)
def test_labels_are_balanced(task, some):
    counts = Counter(example.label for example in some[task])
    assert counts == dict.fromkeys(range(len(TASKS[task][0])), 60 * CHANCE[task])


@pytest.mark.parametrize("task", TASKS)
def test_a_seed_and_a_split_give_the_same_examples(task, some):
    assert examples(task, 9, seed=21) == some[task][:9]
    assert examples(task, 0) == []
    for other in (examples(task, 9, seed=22), examples(task, 9, seed=21, split="all")):
        assert not set(other) & set(some[task])


def test_what_is_asked_for_in_vain():
    with pytest.raises(ValueError, match=r"expected a task of holds_together.*'mood'"):
        examples("mood", 1)
    with pytest.raises(ValueError, match="expected a count of 0 or more, got -1"):
        examples("follows", -1)
    with pytest.raises(ValueError, match="expected a split of train"):
        examples("follows", 0, split="dev")
    with pytest.raises(ValueError, match="expected a task of holds_together"):
        answer("mood", ("",))


def test_each_form_has_as_many_texts_as_the_paper_gives_it(some):
    lengths = {task: {len(e.texts) for e in found} for task, found in some.items()}
    assert lengths == {
        "holds_together": {1},
        "in_order": {1},
        "follows": {2},
        "same_tale": {2},
        "which_ending": {3},
    }


def test_what_is_out_of_order_has_two_neighbours_that_changed_places(some):
    for example in some["in_order"]:
        told = tasks.sentences(example.texts[0])
        assert len(told) == tasks.EXCERPT
        again = [swapped(told, at) for at in range(1, tasks.EXCERPT - 2)]
        mended = [answer("in_order", (text,)) for text in again]
        assert sum(mended) == (not example.label)


def swapped(told, at):
    """The sentences as a text, with the one at a place and the next exchanged."""
    return " ".join([*told[:at], told[at + 1], told[at], *told[at + 2 :]])


def test_the_right_ending_makes_the_tale_and_the_wrong_one_makes_none(some):
    for example in some["which_ending"]:
        story, *endings = example.texts
        read_tale(f"{story}\n{endings[example.label]}")
        with pytest.raises(ValueError, match="cannot tell"):
            read_tale(f"{story}\n{endings[1 - example.label]}")


@pytest.mark.slow
def test_what_holds_together_is_the_end_of_a_tale_and_what_does_not_is_of_none(some):
    """Some plot can have told both parts in turn, from a sentence on, or none can."""
    for example in some["holds_together"]:
        whole = example.texts[0]
        story, _, _ = whole.rpartition("\n")
        assert len(tasks.sentences(story)) == 4
        told = [
            facts
            for plot in map(answers._lending, all_plots())
            for facts in readings(plot, plot.body, whole, late=True)
        ]
        assert bool(told) == example.label


def test_an_outcome_is_told_by_the_story_in_other_words():
    """The two parts that story and ending tell of such a fact have no word for it."""
    plots = [all_plots()[number] for number in tasks._with_outcomes()]
    assert len(plots) >= 12
    for plot in plots:
        for fact in tasks._outcomes(plot):
            assert len(plot.variables[fact]) > 1
            told = (
                tasks._told_of(plot, part)[fact] for part in (plot.story, plot.ending)
            )
            assert not set.intersection(*told)


def test_sentences_keep_a_speech_in_one_piece():
    text = 'He ran. "Stop! Wait," said Ida. "No. Never!" And he was gone. Quiet? Yes.'
    assert tasks.sentences(text) == [
        "He ran.",
        '"Stop! Wait," said Ida.',
        '"No. Never!" And he was gone.',
        "Quiet?",
        "Yes.",
    ]
