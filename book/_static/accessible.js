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
  ["div.math > math", ""], // it is read out itself
];

// All are measured before the first is named: a change between two measurements would
// lay the page out anew for each.
function nameBoxes() {
  const boxes = BOXES.flatMap(([selector, name]) =>
    [...document.querySelectorAll(`.bd-article :is(${selector})`)].map((box) => {
      const scrolls = /auto|scroll/.test(getComputedStyle(box).overflowX);
      return [box, name, scrolls && box.scrollWidth > box.clientWidth + 1];
    }));
  for (const [box, name, isWide] of boxes) {
    if (isWide) {
      box.tabIndex = 0;
      box.setAttribute("role", box.localName === "math" ? "math" : "group");
      if (name) box.setAttribute("aria-label", name);
    } else if (box.hasAttribute("role")) {
      ["tabindex", "role", "aria-label"].forEach((a) => box.removeAttribute(a));
    }
  }
}

window.addEventListener("load", () => {
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

// The two menus of a phone, which the theme opens as dialogs: ways to close them.

const DRAWERS = "dialog[id$='-sidebar-modal']";

document.addEventListener("DOMContentLoaded", () => {
  // The theme moves what is in a sidebar into its dialog and back.
  document.querySelectorAll(".bd-sidebar-primary, .bd-sidebar-secondary").forEach((bar) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "drawer-close";
    button.textContent = "Close";
    button.addEventListener("click", () => button.closest(DRAWERS)?.close());
    bar.prepend(button);
  });

  // A link to a place on this page leads there, and the menu is out of its way.
  document.querySelectorAll(DRAWERS).forEach((drawer) => {
    drawer.addEventListener("click", ({ target }) => {
      const link = target.closest("a[href]");
      if (!link || link.pathname !== location.pathname) return;
      const place = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      drawer.addEventListener("close", () => give(place), { once: true });
      drawer.close();
    });
  });
});

// After the theme has given the focus back to the button.
function give(place) {
  if (!place) return;
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
}

// Also when the focus has left the menu, as it does after a tap beside its links.
document.addEventListener(
  "keydown",
  (event) => {
    const drawer = document.querySelector(`${DRAWERS}[open]`);
    if (event.key !== "Escape" || !drawer) return;
    event.preventDefault();
    event.stopPropagation();
    drawer.close();
  },
  true // before Sphinx, which keeps Escape for itself
);

// A menu that closes gives the focus back to the button that opened it.
document.addEventListener(
  "close",
  ({ target }) => {
    const [, side] = target.id?.match(/^pst-(\w+)-sidebar-modal$/) ?? [];
    if (!side) return;
    const button = document.querySelector(`.bd-header-article .${side}-toggle`);
    button?.focus({ preventScroll: true });
  },
  true // `close` does not bubble
);
