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
