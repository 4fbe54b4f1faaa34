"""The page with the live model, by keyboard: it shows what the package computes.

The model itself is compared with torch's in test_play_engine.py. What axe-core says of
the page before the model is there, and whether it fits a phone, is in test_pages.py.
"""

import json
import re

import pytest
import torch

from benchmarks.play import measure
from book._ext.pages import play
from gpt1.generate import generate
from gpt1.generate.sampling import candidates
from lib.book.browsing import DARK, FINGERS, violations
from lib.book.chapters import ROOT
from lib.book.playing import CHIPS, IDLE, THERE, bars, focused, state, tokens

TEXT = (ROOT / "book" / "play.md").read_text("utf8")
NAME = f'{play.BEGIN}, and below, in the marsh, the others lived in fine large ones. "'
NAME += 'Nobody ever climbs up to see me,"'
HEAD = (2, 1)  # the one that the page's text switches off
# Whether the bars are those after a token, and the one that came next is marked.
COME_NEXT = """([before, after]) =>
  document.querySelector('#play-next').innerText.startsWith(`After “${before}”, `)
  && document.querySelector('.is-taken .play-word')?.innerText === after"""


def marked(token):
    """As a token stands beside a bar."""
    return token.replace(" ", "␣").replace("\n", "⏎")


def written(chance):
    chance = float(chance)
    return "< 0.001" if 0 < chance < 0.001 else f"{chance:.3f}"


def right_bars(logits, bpe, temperature=1.0, k=0, p=1.0):
    """The bars that belong to logits (1, vocab)."""
    chances, kept = candidates(logits, temperature, k, p)
    chances = dict(zip(kept[0].tolist(), chances[0].tolist(), strict=True))
    likeliest = logits[0].topk(10).indices.tolist()
    shown = [(bpe.tokens[id], chances.get(id, 0)) for id in likeliest]
    return [[token, written(p) if p else "cut"] for token, p in shown]


@torch.no_grad()
def logits(model, ids, off=()):
    """The logits after the last of the ids, without some heads: (1, vocab)."""
    size, hooks = model.config.head_size, []
    for layer, head in off:

        def silence(projection, inputs, head=head):
            mixed = inputs[0].clone()
            mixed[..., head * size : (head + 1) * size] = 0
            return (mixed,)

        projection = model.blocks[layer].attention.projection
        hooks.append(projection.register_forward_pre_hook(silence))
    found = model(torch.tensor([ids]))[:, -1]
    for hook in hooks:
        hook.remove()
    return found


def value(written):
    return 0.0005 if written == "< 0.001" else float(written)


def close(found, right):
    """The same bars, but for the last digit, which rounding can turn."""
    assert [row[0] for row in found] == [row[0] for row in right]
    for (_, mine, _), (_, theirs) in zip(found, right, strict=True):
        if mine != theirs:
            assert abs(value(mine) - value(theirs)) < 0.0011, (found, right)


@pytest.mark.slow
def test_typing_is_tokenised_before_there_is_a_model(open_play, loaded):
    _, bpe = loaded
    page = open_play()
    page.get_by_label("The beginning of a tale").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type('Zoë, a "quixotic" axolotl')
    right = bpe.strings(bpe.encode('\n\nZoë, a "quixotic" axolotl'))
    assert tokens(page) == [t.replace("<unk>", "\ufffd") for t in right]
    assert "no token for some of these characters" in page.say.inner_text()
    assert f"{len(right)} tokens" in page.say.inner_text()
    assert not [url for url in page.asked if "weights" in url]
    assert page.locator(".play-still > p").first.is_hidden()


@pytest.mark.slow
def test_the_keyboard_writes_stops_goes_back_and_takes_another_way(open_play, loaded):
    model, bpe = loaded
    page = open_play(reduced_motion="no-preference")
    start = bpe.strings(bpe.encode(f"\n\n{play.BEGIN}"))
    assert tokens(page) == start
    button = page.get_by_role("button", name="Write").first
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('{CHIPS}').length > 40")
    assert "Stop" in focused(page)
    page.keyboard.press("Space")
    assert "Write" in focused(page)
    page.wait_for_function(IDLE)
    count = len(tokens(page))
    page.wait_for_timeout(150)
    assert len(tokens(page)) == count < 300, "it has stopped"
    assert tokens(page)[: len(start)] == start
    page.locator(f"{CHIPS} input").nth(count - 1).focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
    at = count - 11
    assert f'value="{at}"' in focused(page)
    story = tokens(page)
    page.wait_for_function(COME_NEXT, arg=[marked(story[at]), marked(story[at + 1])])
    second = bars(page)[1][0]
    page.locator(".play-bar").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('{CHIPS}').length === {at + 2}")
    assert tokens(page) == [*story[: at + 1], second]
    assert "play-bar" in focused(page)
    page.get_by_role("button", name="Another way from here").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('{CHIPS}').length > {at + 12}")
    assert page.get_by_label("seed").input_value() == "1"
    page.get_by_role("button", name="Back to the beginning").focus()
    page.keyboard.press("Enter")
    assert tokens(page) == start
    assert "Back to" in focused(page)
    button.press("Enter")
    page.wait_for_function(f"document.querySelectorAll('{CHIPS}').length > 30")
    page.get_by_label("temperature").press("Home")
    count = len(tokens(page)) + 1
    wanted = f"document.querySelectorAll('{CHIPS}').length > {count + 25}"
    page.wait_for_function(wanted)
    page.get_by_role("button", name="Stop").first.press("Enter")
    ids = [bpe.tokens.index(token) for token in tokens(page)[: count + 25]]
    right = generate(model, [ids[:count]], 25, temperature=0)[0]
    assert ids == right, "a slider holds for what is being written, too"
    assert page.wrong == []
    allowed = ("file:", "blob:", "data:")
    assert [url for url in page.asked if not url.startswith(allowed)] == []
    assert len([url for url in page.asked if "weights.js" in url]) == 1


@pytest.mark.slow
def test_bars_are_the_packages_chances_and_follow_the_sliders(open_play, loaded):
    model, bpe = loaded
    begin = "One bright Sunday afternoon"
    page = open_play(state(begin=begin))
    page.wait_for_function(THERE)
    given = logits(model, bpe.encode(f"\n\n{begin}"))
    close(bars(page), right_bars(given, bpe))
    for label, key, options in [
        ("temperature", "ArrowRight", {"temperature": 1.5}),
        ("top-k", "ArrowLeft", {"temperature": 1.5, "k": 8}),
        ("top-p", "ArrowLeft", {"temperature": 1.5, "k": 8, "p": 0.7}),
    ]:
        slider = page.get_by_label(label)
        slider.focus()
        for _ in range(5):
            page.keyboard.press(key)
        close(bars(page), right_bars(given, bpe, **options))
    page.get_by_label("temperature").focus()
    page.keyboard.press("Home")
    assert bars(page)[0][1] == "1.000"
    assert {row[1] for row in bars(page)[1:]} == {"cut"}


@pytest.mark.slow
def test_a_head_that_is_switched_off_takes_the_name_along(open_play, loaded):
    model, bpe = loaded
    page = open_play(state(begin=NAME, shade="2.1"))
    page.wait_for_function(THERE)
    ids = bpe.encode(f"\n\n{NAME}")
    whole, without = logits(model, ids), logits(model, ids, off=[HEAD])
    name = bpe.ids[" Fern"]
    assert whole.softmax(-1)[0, name] > 0.99
    assert without.softmax(-1)[0, name] < 0.01
    close(bars(page), right_bars(whole, bpe))
    shares = page.locator(CHIPS).evaluate_all(
        "all => all.map((e) => parseFloat(e.style.getPropertyValue('--share')))"
    )
    assert bpe.tokens[ids[shares.index(max(shares))]] == "ern", "the end of its name"
    head = page.get_by_role("checkbox", name="head 1 of layer 2")
    head.focus()
    page.keyboard.press("Space")
    page.wait_for_function(
        "document.querySelector('.is-off .play-reads')?.innerText[0] === 's'"
    )
    close(bars(page), right_bars(without, bpe))
    said = page.say.inner_text()
    place = page.say.bounding_box()
    assert 0 < place["y"] < 900 - place["height"], "one sees it where the switches are"
    assert "Off: layer 2, head 1." in said
    assert "“␣Fern” goes from 0.999 to " in said
    assert "checkbox" in focused(page)
    page.get_by_role("button", name="All heads on").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("!document.querySelector('.is-off')")
    close(bars(page), right_bars(whole, bpe))
    lens = page.locator(".play-way tr:has(td:last-child:not(:empty)) td:last-child")
    with torch.no_grad():
        x = model.token_embedding(torch.tensor([ids]))
        x = x + model.position_embedding.weight[: len(ids)]
        for level in range(4):
            if level:
                x = model.blocks[level - 1](x)
            best = model.logits(x)[0, -1].softmax(-1).max(-1)
            right = f"{bpe.tokens[best.indices].replace(' ', '␣')} {best.values:.2f}"
            assert lens.nth(level).inner_text().startswith(right)
    shapes = page.locator(".play-way td:nth-child(2)").all_inner_texts()
    assert f"3 \u00d7 (4, {len(ids)}, 48)" in shapes
    assert shapes[-1] == f"({len(ids)}, 4,096)"


@pytest.mark.slow
@pytest.mark.parametrize("script", [None, "delete window.Worker"])
def test_what_it_writes_is_the_packages_story_and_an_address_brings_it_back(
    open_play, loaded, script
):
    model, bpe = loaded
    right = bpe.strings(
        generate(model, [bpe.encode(f"\n\n{play.BEGIN}")], 60, temperature=0)[0]
    )
    page = open_play(state(begin=play.BEGIN, temperature=0, write=60), script=script)
    page.wait_for_function(
        f"document.querySelectorAll('{CHIPS}').length === {len(right)}"
    )
    page.wait_for_function(IDLE)
    assert tokens(page) == right
    workers = page.workers
    assert len(workers) == (0 if script else 1)
    assert page.wrong == []
    if script:
        return
    page.locator(f"{CHIPS} input").nth(30).focus()
    page.keyboard.press("Space")
    page.get_by_role("checkbox", name="head 3 of layer 0").uncheck()
    page.wait_for_function("document.querySelector('.is-off')")
    page.wait_for_function(
        "document.querySelector('.play-link a').href.includes('off')"
    )
    shown = [bars(page), page.say.inner_text().partition("After")[2]]
    link = page.get_by_role("link", name="Link to what you see")
    there = open_play(link.get_attribute("href"))
    there.wait_for_function(THERE)
    assert tokens(there) == right
    assert there.locator(f"{CHIPS} input:checked").input_value() == "30"
    assert not there.get_by_role("checkbox", name="head 3 of layer 0").is_checked()
    assert [bars(there), there.say.inner_text().partition("After")[2]] == shown


def made_up(bpe):
    """Two tales and chances that no grammar has."""
    first = bpe.encode("\n\nOne bright Sunday afternoon")
    second = bpe.encode("Maple, a young bear")  # without the empty line
    truth = [[] for _ in first]
    truth[3] = [[first[4], 0.75], [bpe.ids[" Fern"], 0.25]]
    tales = [{"ids": first, "truth": truth}]
    tales += [{"ids": second, "truth": [[[id, 1.0]] for id in second[1:]]}]
    return {"model": play.MODEL, "tales": tales}


@pytest.mark.slow
def test_a_prepared_tale_has_the_grammars_chances_beside_the_models(open_play, loaded):
    _, bpe = loaded
    truth = play.checked(made_up(bpe), bpe)
    text = play.script("truth", truth)

    def change(match):
        data = json.loads(match[2])
        data["tales"] = ["One bright Sunday …", "Maple, a young …"]
        data["files"][1:] = ["truth.js?v=made"]
        return match[1] + json.dumps(data).replace("<", "\\u003c") + match[3]

    as_script = {"body": text, "content_type": "text/javascript"}
    routes = [("**/truth.js*", lambda route: route.fulfill(**as_script))]
    page = open_play(change=change, routes=routes)
    tales = page.get_by_label("Or a whole tale")
    tales.focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function(THERE)
    ids = truth["tales"][0]["ids"]
    assert tokens(page) == bpe.strings(ids)
    assert 'id="play-tale"' in focused(page)
    page.locator(f"{CHIPS} input").nth(3).check()
    page.wait_for_function("document.querySelector('.play-truth').innerText")
    found = {row[0]: row[2] for row in bars(page)}
    assert found.pop(bpe.tokens[ids[4]]) == "0.750"
    assert found.pop(" Fern") == "0.250", (
        "also where the model has ten that are likelier"
    )
    assert set(found.values()) == {"0.000"}
    assert re.search(
        r"The grammar gives it 0\.\d+: the model is \w+ sure|surer ",
        page.say.inner_text(),
    )
    tales.select_option("1")
    page.wait_for_function(
        "document.querySelector('.is-taken .play-truth')?.innerText === '1.000'"
    )
    assert tokens(page)[:2] == ["\n", "\n"]
    page.get_by_role("button", name="One token").click()
    page.wait_for_function(f"document.querySelectorAll('{CHIPS}').length === 4")
    assert tales.input_value() == "", "it has left the tale"
    page.locator(f"{CHIPS} input").nth(0).check()
    page.wait_for_function("!document.querySelector('.play-truth').innerText")


def test_chances_that_do_not_fit_stop_the_build(loaded):
    _, bpe = loaded
    truth = made_up(bpe)
    with pytest.raises(ValueError, match="expected chances for tales-small, got 'x'"):
        play.checked({**truth, "model": "x"}, bpe)
    truth["tales"][1]["truth"].pop()
    truth["tales"][1]["truth"].pop()
    with pytest.raises(ValueError, match=r"tale 1 has \d+ ids and chances after \d"):
        play.checked(truth, bpe)
    truth["tales"][0]["ids"][0] = 4096
    with pytest.raises(ValueError, match="tale 0 has ids outside the vocabulary"):
        play.checked(truth, bpe)


@pytest.mark.slow
def test_a_model_that_does_not_come_can_be_asked_for_again(open_play):
    broken = [True]

    def answer(route):
        route.abort() if broken.pop() else route.continue_()

    page = open_play(routes=[("**/weights.js*", answer)])
    button = page.get_by_role("button", name="One token")
    button.press("Enter")
    page.wait_for_function(
        "document.querySelector('.moving-says').innerText.includes('not be loaded')"
    )
    broken.append(False)
    count = len(tokens(page))
    button.press("Enter")
    page.wait_for_function(
        f"document.querySelectorAll('{CHIPS}').length === {count + 1}"
    )
    assert "One token" in focused(page)


@pytest.mark.weekly
def test_a_full_context_is_said_and_left_as_it_is(open_play, loaded):
    _, bpe = loaded
    text = "the hill and " * 200
    page = open_play(state(begin=text))
    page.wait_for_function(THERE)
    whole = bpe.strings(bpe.encode(f"\n\n{text}"))[:384]
    assert tokens(page) == whole
    assert "The 384 tokens of the context are full" in page.say.inner_text()
    for button in [page.locator(".play-bar").first, page.get_by_text("One token")]:
        button.press("Enter")
        page.wait_for_function(IDLE)
        assert tokens(page) == whole
    page.locator(f"{CHIPS} input").nth(382).check()
    full = "document.querySelector('.moving-says').innerText.includes('are full')"
    page.wait_for_function(f"!{full}")
    page.locator(".play-bar").nth(9).press("Enter")
    page.wait_for_function(full)
    assert tokens(page)[:383] == whole[:383]
    assert tokens(page)[383] != whole[383]
    assert page.wrong == []


@pytest.mark.weekly
def test_axe_has_nothing_against_it_with_a_model(open_play):
    begun = state(begin=NAME, shade="2.1", off="0.0", write=20)
    page = open_play(begun, width=320)
    page.wait_for_function(IDLE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert violations(page, FINGERS) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violations(page, ("light", DARK[1]), DARK) == []  # the elements are the same


@pytest.mark.weekly
def test_who_asks_for_no_motion_gets_the_story_at_once(open_play):
    count = """(chips) => {
      const count = () => seen.add(document.querySelectorAll(chips).length);
      window.seen = new Set();
      new MutationObserver(count).observe(document.querySelector(".play-story"),
        { attributes: true, subtree: true, attributeFilter: ["hidden"] });
    }"""
    for motion, fewest, most in [("reduce", 1, 1), ("no-preference", 5, 30)]:
        page = open_play(reduced_motion=motion)
        page.evaluate(count, CHIPS)
        page.evaluate("location.hash = 'begin=Fern&temperature=0&write=20'")
        page.wait_for_function(f"document.querySelectorAll('{CHIPS}').length === 24")
        grown = [size for size in page.evaluate("[...seen]") if size > 4]
        assert fewest <= len(grown) <= most


def still():
    """The stories that the page's text quotes, as one line each."""
    quoted = re.findall(r"^(?:> .*\n)+", TEXT, re.MULTILINE)
    return [" ".join(story.replace("> ", "").split()) for story in quoted]


@torch.no_grad()
def test_the_stories_in_the_text_are_the_models(loaded):
    model, bpe = loaded
    whole, without = still()
    for story, off in [(whole, []), (without, [HEAD])]:
        ids = bpe.encode(f"\n\n{play.BEGIN}")
        while len(bpe.decode(ids)) < len(story) + 2:
            ids.append(logits(model, ids, off).argmax().item())
        assert bpe.decode(ids).strip() == story


def test_without_scripts_and_on_paper_there_is_a_text(open_play):
    page = open_play(java_script_enabled=False)
    assert page.play.count() == 0
    assert page.locator(".play-still > p").first.is_visible()
    page = open_play()
    page.emulate_media(media="print")
    assert page.locator(".play-still > p").first.is_visible()
    assert not page.play.is_visible()


@pytest.mark.slow
def test_a_link_in_the_text_sets_the_page_to_its_state(open_play, loaded):
    model, bpe = loaded
    page = open_play()
    page.get_by_role("link", name="Make it forget a name").click()
    page.wait_for_function(THERE)
    assert 0 < page.play.bounding_box()["y"] < 200, "one sees it"
    assert "Play with the model" in focused(page), "and goes on from there"
    assert tokens(page) == bpe.strings(bpe.encode(f"\n\n{NAME}"))
    assert page.get_by_label("Shade the story").input_value() == "2.1"
    close(bars(page), right_bars(logits(model, bpe.encode(f"\n\n{NAME}")), bpe))


@pytest.mark.slow
def test_the_benchmark_measures_size_and_speed(browser, site):
    rows = measure(browser, tokens=10, milliseconds=300)
    assert len(rows) == 8
    assert all(float(value) > 0 for value in rows.values())
    assert 4 < float(rows["model, MB"]) <= 5


def test_the_links_in_the_text_ask_for_states_that_there_are(loaded):
    from urllib.parse import parse_qs

    model, bpe = loaded
    links = re.findall(r"book/play\.html#([^)\s]+)", TEXT)
    assert len(links) == 6
    known = {"begin", "temperature", "off", "shade", "write"}
    assert links.pop(4) == "tale=9&at=243"  # see the next test
    for link in links:
        asked = {key: value[0] for key, value in parse_qs(link).items()}
        assert asked.keys() <= known
        for name in filter(
            None, [*asked.get("off", "").split(","), asked.get("shade")]
        ):
            assert re.fullmatch(r"[0-2]\.[0-3]", name)
        strange = 0 in bpe.encode(asked["begin"])
        assert strange == asked["begin"].startswith("Zygmunt")
    hot = logits(model, bpe.encode("\n\nOne bright Sunday afternoon"))
    said = re.findall(r"(?:comma|it) has\s+(0\.\d+)", TEXT)
    shares = [candidates(hot, t, 0)[0][0, 0].item() for t in (1, 1.6)]
    assert said == [f"{share:.2f}" for share in shares]
    assert bpe.tokens[hot.argmax()] == ","


def test_the_model_is_as_sure_and_as_wrong_as_the_text_says(loaded):
    model, bpe = loaded
    tale = json.loads(play.TRUTH.read_text("utf8"))["tales"][9]
    right, ids = tale["truth"][243], tale["ids"][:244]
    assert [bpe.tokens[id] for id, _ in right] == [" Farmer"]
    assert " in Farmer Lund's " in bpe.decode(ids[:60]), "he was named"
    said = re.search(r"the model gives “(.*?)” (0\.\d+)", TEXT)
    sure = logits(model, ids).softmax(-1)[0]
    assert bpe.tokens[sure.argmax()] == f" {said[1]}"
    assert f"{sure.max():.2f}" == said[2]
