// Labels that the theme gives twice, or forgets, for readers who listen to the page.
document.addEventListener("DOMContentLoaded", () => {
  document
    .querySelectorAll(
      'summary[aria-label="Toggle hidden content"], button.search-button-field'
    )
    .forEach((element) => element.removeAttribute("aria-label"));
  document.querySelectorAll("input.task-list-item-checkbox").forEach((element) => {
    element.setAttribute("aria-label", element.parentElement.textContent.trim());
  });
});

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
