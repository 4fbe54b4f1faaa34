// The drawing of the whole model: each box, once chosen, says what it is and leads on.
moving.figure("drawing", {
  title: "The boxes of the drawing",

  make(stage, { boxes }, script) {
    const { html } = moving;
    const drawing = script.previousElementSibling.querySelector("svg.gpt1-drawing")
      ?? script.previousElementSibling;
    const cover = html("div", { class: "moving-cover", role: "radiogroup", "aria-label": this.title });
    const name = `moving-drawing-${document.querySelectorAll(".moving-cover").length}`;

    boxes.forEach((box, i) => {
      const choice = html("input", { type: "radio", name, value: i, "aria-label": box.name, autocomplete: "off" });
      const [left, top, width, height] = box.at.map((part) => `${part}%`);
      Object.assign(choice.style, { left, top, width, height });
      choice.title = box.name;
      choice.addEventListener("change", () => tell(box));
      cover.append(choice);
    });
    const around = html("div", { class: "moving-around" });
    around.style.maxWidth = `${drawing.getAttribute("width")}px`;
    drawing.before(around);
    around.append(drawing, cover);
    stage.classList.add("is-below");

    function tell({ name: title, words, parameters, equation, there, chapter, page }) {
      const size = parameters ? ` Parameters: ${parameters}.` : "";
      stage.say(html("strong", {}, `${title}. `), `${words}${size} `,
        html("a", { href: there }, `Equation (${equation})`), ", chapter ", html("a", { href: page }, chapter), ".");
    }
    stage.say("Choose a box: it says what it is, and which chapter explains it.");
  },
});
