"""Windows and batches."""

import pytest
import torch

from gpt1.data import GPTDataset, get_dataloader, load_text
from gpt1.data.windows import Aligned, covered


def test_windows_cover_the_text_once_and_targets_are_one_further_on():
    data = GPTDataset(torch.arange(23), 5)
    assert len(data) == 4
    ids = torch.cat([data[i][0] for i in range(4)])
    targets = torch.cat([data[i][1] for i in range(4)])
    assert torch.equal(ids, torch.arange(20))
    assert torch.equal(targets, torch.arange(1, 21))
    assert [ids.tolist() for ids, _ in data] == [data[i][0].tolist() for i in range(4)]


@pytest.mark.parametrize(
    ("tokens", "subset", "windows"),
    [(11, None, 2), (10, None, 1), (100, 3, 3), (12, 30, 2)],
)
def test_the_last_window_needs_its_last_target(tokens, subset, windows):
    assert len(GPTDataset(torch.arange(tokens), 5, subset=subset)) == windows


def starts(loader):
    return [start for ids, _ in loader for start in ids[:, 0].tolist()]


def test_an_epoch_gives_every_window_once_in_an_order_fixed_by_the_seed():
    data = GPTDataset(torch.arange(101), 4)
    loader = get_dataloader(data, 3, seed=7)
    first, second = starts(loader), starts(loader)
    assert sorted(first) == sorted(second) == list(range(0, 100, 4))
    assert first != second
    assert starts(get_dataloader(data, 3, seed=7)) == first
    assert starts(get_dataloader(data, 3, seed=8)) != first
    assert starts(get_dataloader(data, 3, shuffle=False)) == sorted(first)


def test_a_place_in_the_middle_of_an_epoch_can_be_resumed():
    data = GPTDataset(torch.arange(101), 4)
    loader = get_dataloader(data, 3, seed=7)
    first = starts(loader)
    second = []
    for number, (ids, _) in enumerate(loader):
        second += ids[:, 0].tolist()
        if number == 2:
            place = loader.state_dict()
            given = len(second)
    again = get_dataloader(data, 3, seed=7)
    again.load_state_dict(place)
    assert starts(again) == second[given:]
    assert starts(again) == starts(loader)
    assert first != second


def test_the_place_after_the_last_batch_is_the_next_epoch():
    data = GPTDataset(torch.arange(9), 4)
    loader = get_dataloader(data, 2)
    batches = iter(loader)
    next(batches)
    place = loader.state_dict()
    again = get_dataloader(data, 2)
    again.load_state_dict(place)
    assert starts(again) == []
    list(batches)
    assert starts(again) == starts(loader)


def test_a_place_among_other_batches_is_refused():
    data = GPTDataset(torch.arange(101), 4)
    place = get_dataloader(data, 3, seed=7).state_dict()
    with pytest.raises(ValueError, match="batch_size 3, these batches have 2"):
        get_dataloader(data, 2, seed=7).load_state_dict(place)


def test_batches_leave_the_global_random_numbers_alone():
    state = torch.get_rng_state()
    starts(get_dataloader(GPTDataset(torch.arange(101), 4), 3))
    assert torch.equal(torch.get_rng_state(), state)


def test_a_readers_own_dataset_is_batched_too():
    class Mine(torch.utils.data.Dataset):
        def __len__(self):
            return 7

        def __getitem__(self, index):
            return torch.tensor([index]), torch.tensor([index + 1])

    assert sorted(starts(get_dataloader(Mine(), 2))) == list(range(7))


def test_workers_give_the_same_batches():
    data = GPTDataset(torch.arange(101), 4)
    alone, helped = (get_dataloader(data, 3, workers=n) for n in (0, 2))
    for _ in range(2):
        assert starts(alone) == starts(helped)


def test_data_that_cannot_be_used_is_said(tmp_path):
    (tmp_path / "latin.txt").write_bytes("é".encode("latin-1"))
    (tmp_path / "empty.txt").write_text(" \n")
    data, missing = GPTDataset(torch.arange(50), 5), r"nowhere.*tales or python-docs"
    for error, told, function, *given in (
        (FileNotFoundError, missing, load_text, tmp_path / "nowhere.txt"),
        (ValueError, "split must be", load_text, "python-docs", "training"),
        (ValueError, "UTF-8", load_text, tmp_path / "latin.txt"),
        (ValueError, "empty", load_text, tmp_path / "empty.txt"),
        (ValueError, "needs 6", GPTDataset, torch.arange(5), 5),
        (ValueError, "subset", GPTDataset, torch.arange(50), 5, 0),
        (ValueError, "batch_size", get_dataloader, data, 0),
        (IndexError, "0 to 8, got 9", data.__getitem__, 9),
    ):
        with pytest.raises(error, match=told):
            function(*given)


TEXTS = torch.tensor([7, 7, 1, 2, 7, 7, 3, 7, 4, 5, 6, 8, 7, 7, 7, 9, 1, 2, 3, 7, 7, 1])
"""Texts after two sevens; one seven begins none."""


def test_each_aligned_window_begins_at_the_first_beginning_after_the_one_before():
    data = Aligned(TEXTS.to(torch.uint16), 3, [7, 7])
    assert [ids.tolist() for ids, _ in data] == [[7, 7, 1], [7, 7, 3], [7, 7, 7]]
    assert [goals.tolist() for _, goals in data] == [[7, 1, 2], [7, 3, 7], [7, 7, 9]]
    # Of a window of 6 the first text needs 4 places; the second begins in it.
    assert [ids.tolist() for ids, _ in Aligned(TEXTS, 6, [7, 7])] == [
        [7, 7, 1, 2, 7, 7],
        [7, 7, 7, 9, 1, 2],
    ]


def test_aligned_windows_are_batches_like_others():
    data = Aligned(TEXTS, 3, [7, 7], subset=2)
    assert len(data) == 2
    assert torch.equal(covered(data), TEXTS[:8])
    [(ids, goals)] = get_dataloader(data, 4)
    assert sorted(ids[:, 2].tolist()) == [1, 3]
    assert torch.equal(ids[:, 1:], goals[:, :-1])
    with pytest.raises(IndexError, match="0 to 1, got 2"):
        data[2]
    assert torch.equal(covered(GPTDataset(TEXTS, 3, 2)), TEXTS[:7])


@pytest.mark.parametrize("begin", [[5, 5], [3, 7, 7]])
def test_a_text_without_the_beginning_or_behind_it_too_little_is_refused(begin):
    with pytest.raises(ValueError, match=r"no window of 4 tokens begins with .*\[\d, "):
        Aligned(TEXTS, 4, begin)
