"""The search finds titles, terms, equations, symbols and names, from a file."""

from urllib.parse import quote

import pytest

FIRST = 3  # what a reader looks at
# What the page does with a query, without loading it anew. The best comes last there.
FIND = """(words) => {
  Scorer.asked = words;
  const found = Search._performSearch(...Search._parseQuery(words)).reverse();
  return found.slice(0, 5).map(([page, , anchor]) => `${page}.html${anchor}`);
}"""

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
    "residual": "notebooks/05-block.html#eq-b1",
    "cross-entropy": "notebooks/01-predicting-the-next-word.html#eq-p5",
    "equation 1": "book/paper-map.html#paper-equation-1",
    "equation (2) of the paper": "book/paper-map.html#paper-equation-2-first",
    "equation 5": "book/paper-map.html#paper-equation-5",
    "figure 1": "book/paper-map.html#paper-figure-1-left",
    "table 5": "book/paper-map.html#paper-table-5",
    "learning-rate schedule": "book/glossary.html#term-learning-rate-schedule",
    "weight tying": "book/glossary.html#term-weight-tying",
    "top-p": "book/glossary.html#term-top-p",
    "perplexity": "book/glossary.html#term-perplexity",
    "W_e": "book/symbols.html#",
    "theta": "book/symbols.html#",
    "MultiHeadAttention": "notebooks/04-attention.html#built-MultiHeadAttention",
    "KVCache": "notebooks/09-sampling.html#built-KVCache",
    "GPTDataset": "notebooks/11-long-runs.html#built-GPTDataset",
    "OpenAIAdam": "book/api.html#gpt1.train.optimizer.OpenAIAdam",
}


@pytest.fixture
def search(site, visit):
    """Ask the search page as a file; return addresses and texts of what it finds."""
    page = visit("search")

    def ask(words):
        page.goto((site / "search.html").as_uri() + f"?q={quote(words)}")
        page.wait_for_function(
            "/found/.test(document.querySelector('.search-summary')?.innerText)"
        )
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
    assert [url for url in page.asked if not url.startswith("file:")] == []


def test_a_chapter_is_found_with_its_number_and_a_place_with_what_it_is(search):
    _, texts, _ = search("Counting")
    assert texts[0] == "7. Counting"
    _, texts, _ = search("A3")
    assert "(A3) average of the past" in texts[0]
    assert "equation, in 4. Attention" in texts[0]
    _, texts, _ = search("perplexity")
    assert any("term, in Glossary" in text for text in texts)
    links, texts, _ = search("dropout")
    assert len(set(zip(links, texts, strict=True))) == len(links), "one is found twice"
