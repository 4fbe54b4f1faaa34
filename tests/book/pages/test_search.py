"""The search finds sections, terms, equations, figures and names, from a file."""

from urllib.parse import quote

import pytest

FIRST = 3  # what a reader looks at
# What the page finds for more words, without loading it anew.
FIND = """(words) => BookSearch.find(words).slice(0, 5)
  .map(({ address, anchor }) => `${address}#${anchor}`)"""

ASKED = {
    "Counting": "notebooks/07-counting.html",
    "the model": "notebooks/06-model.html",
    "attention": "notebooks/04-attention.html",
    "embeddings": "notebooks/03-embeddings.html",
    "map of the paper": "book/paper-map.html",
    "bug museum": "notebooks/bug-museum.html",
    "equation A3": "notebooks/04-attention.html#eq-a3",
    "A3": "notebooks/04-attention.html#eq-a3",
    "(B9)": "notebooks/05-block.html#eq-b9",
    "softmax attention": "notebooks/04-attention.html#eq-a7",
    "scaled dot-product attention": "notebooks/04-attention.html#eq-a7",
    "LayerNorm": "notebooks/05-block.html#eq-b5",
    "cross-entropy": "notebooks/01-predicting-the-next-word.html#eq-p5",
    "equation 1": "book/paper-map.html#paper-equation-1",
    "equation (2) of the paper": "book/paper-map.html#paper-equation-2-first",
    "equation 5": "book/paper-map.html#paper-equation-5",
    "figure 1": "book/paper-map.html#paper-figure-1-left",
    "table 5": "book/paper-map.html#paper-table-5",
    "Figure 5.4": "notebooks/05-block.html#fig-",
    "Fig. 5.4": "notebooks/05-block.html#fig-",
    "learning-rate schedule": "book/glossary.html#term-learning-rate-schedule",
    "W_e": "book/symbols.html#",
    "theta": "book/symbols.html#",
    "MultiHeadAttention": "notebooks/04-attention.html#built-MultiHeadAttention",
    "KVCache": "notebooks/09-sampling.html#built-KVCache",
    "GPTDataset": "notebooks/11-long-runs.html#built-GPTDataset",
    "OpenAIAdam": "book/api.html#gpt1.train.optimizer.OpenAIAdam",
}
# A term of the glossary is the first that is found, by whatever name.
TERMS = {
    "weight tying": "weight-tying",
    "tied weights": "weight-tying",
    "top-p": "top-p",
    "nucleus sampling": "top-p",
    "perplexity": "perplexity",
    "layer norm": "LayerNorm",
    "LayerNorm": "LayerNorm",
    "backprop": "backward-pass",
    "backpropagation": "backward-pass",
    "KV cache": "key-value-cache",
    "BPE": "byte-pair-encoding",
    "lr": "learning-rate",
    "Softmaxes": "softmax",
}


@pytest.fixture
def search(site, visit):
    """Ask the search page as a file; return addresses and texts of what it finds."""
    page = visit("search")

    def ask(words):
        page.asked.clear()
        page.goto((site / "search.html").as_uri() + f"?q={quote(words)}")
        page.wait_for_selector(".search-summary")
        found = page.locator("#search-results li").all()[: FIRST + 2]
        links = [item.locator("a").first.get_attribute("href") for item in found]
        return links, [item.inner_text() for item in found], page

    return ask


def test_what_is_asked_for_is_among_the_first_that_are_found(search):
    _, _, page = search("paper")
    missed = {}
    for words, place in ASKED.items():
        links = page.evaluate(FIND, words)
        if not any(link.startswith(place) for link in links[:FIRST]):
            missed[words] = links
    assert missed == {}
    assert page.failed == []


def test_a_term_comes_first_whatever_it_is_called(search):
    _, _, page = search("paper")
    firsts = {words: page.evaluate(FIND, words)[0] for words in TERMS}
    wanted = {w: f"book/glossary.html#term-{term}" for w, term in TERMS.items()}
    assert firsts == wanted


def test_a_chapter_is_found_with_its_number_and_a_place_with_what_it_is(search):
    _, texts, _ = search("Counting")
    assert texts[0].startswith("7. Counting")
    _, texts, _ = search("A3")
    assert "(A3) average of the past" in texts[0]
    assert "equation, in 4. Attention" in texts[0]
    _, texts, _ = search("perplexity")
    assert "term, in Glossary" in texts[0]
    links, texts, _ = search("dropout")
    assert len(set(zip(links, texts, strict=True))) == len(links), "one is found twice"


def test_one_query_loads_one_file_and_no_other_page_loads_it(search, visit, site):
    _, _, page = search("paper")
    index = [url for url in page.asked if "search-index" in url]
    assert len(index) == 1
    pages = [url for url in page.asked if ".html" in url]
    assert len(pages) == 1, "excerpts come from the index"
    assert (site / "_static" / "search-index.js").stat().st_size < 650_000
    chapter = visit("notebooks/04-attention")
    assert [url for url in chapter.asked if "search" in url] == []


def test_text_is_found_in_its_section_and_shown_as_prose(search):
    links, texts, page = search("why is the weighted mean of values")
    assert all("#" in link for link in links)
    assert len(texts) > FIRST
    said = page.locator("#search-results p.context").all_inner_texts()
    code = [text for text in said if "import " in text or "pip" in text.split()]
    assert code == []
    assert page.locator("#search-results mark").count() > 3


def test_a_place_in_the_text_opens_there(search):
    _, _, page = search("gathers information")
    link = page.locator('#search-results a[href*="notebooks/"]').first
    anchor = link.get_attribute("href").partition("#")[2].partition(":~:")[0]
    link.click()
    page.wait_for_load_state()
    assert anchor
    top = page.evaluate("(id) => document.getElementById(id).offsetTop", anchor)
    assert page.evaluate("scrollY") > 100 or top < 900
