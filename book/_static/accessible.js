// What readers who listen to the page, or have no mouse, need beside the theme's markup.

document.addEventListener("DOMContentLoaded", () => {
  // A name that the theme gives although the text is the name, and one it forgets.
  document
    .querySelectorAll(
      'summary[aria-label="Toggle hidden content"], button.search-button-field'
    )
    .forEach((element) => element.removeAttribute("aria-label"));
  document.querySelectorAll("input.task-list-item-checkbox").forEach((element) => {
    element.setAttribute("aria-label", element.parentElement.textContent.trim());
  });

  // The button of the themes has a name; its pictures need none.
  document.querySelectorAll(".theme-switch-button").forEach((button) => {
    button.querySelectorAll("svg > title").forEach((title) => title.remove());
    button.querySelectorAll("svg, i").forEach((picture) => {
      picture.removeAttribute("title");
      picture.removeAttribute("role");
      picture.removeAttribute("aria-labelledby");
      picture.setAttribute("aria-hidden", "true");
    });
  });

  // The title and the search are in no landmark otherwise.
  const sidebar = document.getElementById("pst-primary-sidebar");
  sidebar?.setAttribute("role", "region");
  sidebar?.setAttribute("aria-label", "The book");
});

// A box that scrolls sideways can be reached with the keyboard and says what it is.
const BOXES = [
  ["pre", "Code or output, wider than the page"],
  [".pst-scrollable-table-container, .cell_output .output", "Table, wider than the page"],
  ['mjx-container[display="true"]', "Equation, wider than the page"],
];

function nameBoxes() {
  for (const [selector, name] of BOXES) {
    document.querySelectorAll(`.bd-article :is(${selector})`).forEach((box) => {
      const scrolls = /auto|scroll/.test(getComputedStyle(box).overflowX);
      if (scrolls && box.scrollWidth > box.clientWidth + 1) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", name);
      } else if (box.getAttribute("role") === "group") {
        ["tabindex", "role", "aria-label"].forEach((a) => box.removeAttribute(a));
      }
    });
  }
}

window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  nameBoxes();
  document.fonts?.ready.then(nameBoxes);
  let later;
  window.addEventListener("resize", () => {
    clearTimeout(later);
    later = setTimeout(nameBoxes, 200);
  });
  // What was folded has had no width yet; `toggle` does not bubble.
  document.addEventListener("toggle", nameBoxes, true);
});
