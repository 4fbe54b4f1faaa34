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
