// Paper is white: print the dark theme in the light one's colours.
const root = document.documentElement;
let screenTheme = null;
window.addEventListener("beforeprint", () => {
  screenTheme = root.dataset.theme;
  root.dataset.theme = "light";
});
window.addEventListener("afterprint", () => {
  root.dataset.theme = screenTheme;
});

// A chapter is some thirty screens high. The first ones are shown at once, the others are
// laid out while nobody waits: the page can then be searched, and its bar is true.
const whenIdle = window.requestIdleCallback ?? ((next) => setTimeout(next, 50));
const endOpening = () => root.classList.remove("is-opening");
window.addEventListener("beforeprint", endOpening);
window.addEventListener("load", () => {
  const rest = [...document.querySelectorAll("html.is-opening article > section > section")];
  const next = () => {
    const section = rest.shift();
    if (!section) return endOpening();
    section.style.contentVisibility = "visible";
    whenIdle(next);
  };
  whenIdle(next);
});

// A long name in a sentence breaks between its words, not inside one.
document.addEventListener("DOMContentLoaded", () => {
  const names = ".bd-article :not(pre) > code:not(.short) .pre";
  for (const name of document.querySelectorAll(names)) {
    const pieces = name.textContent.split(/(?<=[_/.,=(]|::)(?=\w|\[)(?!py\b)/);
    name.replaceChildren(...pieces.flatMap((piece) => [piece, document.createElement("wbr")]));
  }
  for (const output of document.querySelectorAll(".cell_output pre")) {
    const lines = output.textContent.trim().split("\n");
    const longest = Math.max(...lines.map((line) => line.length));
    output.classList.toggle("one-line", lines.length === 1);
    output.classList.toggle("wide", lines.length > 1 && longest > 80);
  }
});

// On paper nothing folds: solutions and answers go to the end of the chapter, where no
// eye meets them on its way to the question. Afterwards all is where it was.

let moved = [];

function title(level, text) {
  const heading = document.createElement(level);
  heading.textContent = text;
  return heading;
}

// Leave a mark, move what was folded, and say above it whose it is.
function move(folded, name, to) {
  const mark = document.createComment("moved");
  folded.before(mark);
  moved.push([mark, folded]);
  to.append(title("h3", name), folded);
}

window.addEventListener("beforeprint", () => {
  const chapter = document.querySelector("article section");
  const end = document.createElement("section");
  end.className = "at-the-end";
  end.append(title("h2", "Solutions and answers"));
  const solutions = [...document.querySelectorAll("section.exercise > details")].filter(
    ({ firstElementChild }) => firstElementChild.textContent.trim() === "Solution"
  );
  solutions.forEach((folded) => {
    const name = folded.parentElement.querySelector("h3").cloneNode(true);
    name.querySelector(".headerlink")?.remove();
    move(folded, name.textContent, end);
  });
  document.querySelectorAll("fieldset.quiz details").forEach((folded, place) => {
    move(folded, `Question ${place + 1}`, end);
  });
  if (moved.length) chapter.append(end);
});

window.addEventListener("afterprint", () => {
  moved.forEach(([mark, folded]) => mark.replaceWith(folded));
  moved = [];
  document.querySelector(".at-the-end")?.remove();
});
