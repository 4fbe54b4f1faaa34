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

// A long name in a sentence breaks between its words, not inside one.
document.addEventListener("DOMContentLoaded", () => {
  const names = ".bd-article :not(pre) > code:not(.short) .pre";
  for (const name of document.querySelectorAll(names)) {
    const pieces = name.textContent.split(/(?<=[_/.,=(]|::)(?=\w|\[)(?!py\b)/);
    name.replaceChildren(...pieces.flatMap((piece) => [piece, document.createElement("wbr")]));
  }
  for (const output of document.querySelectorAll(".cell_output pre")) {
    const lines = output.textContent.trim().split("\n");
    output.classList.toggle("one-line", lines.length === 1);
    output.classList.toggle("wide", Math.max(...lines.map((line) => line.length)) > 80);
  }
});
