// "Check yourself": choosing an answer says whether it is right, and why.
// The explanations are in the page, in the folded answer; nothing is stored or sent.
document.addEventListener("DOMContentLoaded", () => {
  const questions = document.querySelectorAll("fieldset.quiz");

  function judge(question, chosen) {
    const answer = question.querySelector(`li.quiz-for-${chosen.value}`);
    const right = answer.classList.contains("quiz-right");
    question.querySelectorAll("label").forEach((label) => {
      label.classList.remove("quiz-chosen-right", "quiz-chosen-wrong");
    });
    chosen
      .closest("label")
      .classList.add(right ? "quiz-chosen-right" : "quiz-chosen-wrong");

    const lead = document.createElement("strong");
    lead.textContent = right ? `Right, (${chosen.value}).` : `Not (${chosen.value}).`;
    const why = answer.querySelector("p").cloneNode(true);
    why.querySelector(".quiz-letter").remove();
    const verdict = question.querySelector(".quiz-verdict");
    verdict.replaceChildren(lead, ...why.childNodes);
    verdict.classList.toggle("quiz-chosen-right", right);
    verdict.classList.toggle("quiz-chosen-wrong", !right);
  }

  questions.forEach((question) => {
    question.addEventListener("change", (event) => judge(question, event.target));
  });
});
