"""A chapter on paper: solutions at its end, and nothing left there afterwards."""

PRINTED = """() => {
  const before = document.querySelector("article").innerHTML;
  window.dispatchEvent(new Event("beforeprint"));
  const inside = document.querySelectorAll("section.exercise > details");
  const hints = [...inside].map((e) => e.firstElementChild.textContent.trim());
  const end = document.querySelector("article section").lastElementChild;
  const heads = [...end.querySelectorAll("h3")].map((e) => e.textContent);
  const quiz = document.querySelectorAll("fieldset.quiz details").length;
  window.dispatchEvent(new Event("afterprint"));
  const after = document.querySelector("article").innerHTML;
  return { hints, heads, quiz, same: before === after };
}"""


def test_solutions_and_answers_are_printed_at_the_end_of_the_chapter(visit):
    page = visit("notebooks/04-attention")
    exercises = page.locator("section.exercise").count()
    found = page.evaluate(PRINTED)
    assert set(found["hints"]) == {"Hint"}
    assert len(found["heads"]) == exercises + 5
    assert found["heads"][0].startswith("Exercise 1: ")
    assert found["heads"][-1] == "Question 5"
    assert found["quiz"] == 0
    assert found["same"]


def test_no_picture_is_so_tall_that_it_leaves_half_a_page_empty(visit):
    page = visit("notebooks/04-attention", only="figure")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 642, "height": 980})  # A4 in its margins
    tall = """() => [...document.querySelectorAll("article figure")]
      .map((e) => [e.id, e.getBoundingClientRect().height])
      .filter(([, height]) => height > 620)"""
    assert page.evaluate(tall) == []
