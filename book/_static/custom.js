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
