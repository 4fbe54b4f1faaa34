// A word that leads to the glossary opens its entry in place; the entry leads there.

document.addEventListener("DOMContentLoaded", () => {
  if (!("popover" in HTMLElement.prototype)) return;
  const box = document.createElement("div");
  box.className = "definition";
  box.id = "definition";
  box.popover = "auto"; // a tap beside it closes it
  box.tabIndex = -1;
  box.setAttribute("role", "dialog");
  let opener = null;

  function open(link, entry) {
    opener = link;
    const more = document.createElement("a");
    more.href = link.href;
    more.textContent = "In the glossary";
    const end = document.createElement("p");
    end.className = "definition-more";
    end.append(more);
    box.replaceChildren(...entry.cloneNode(true).childNodes, end);
    box.setAttribute("aria-label", entry.querySelector(".about-term").textContent);
    link.after(box); // so that the Tab key leads into it, and on
    box.showPopover();
    place();
    box.focus({ preventScroll: true });
  }

  // Below the word, or above it where there is more room.
  function place() {
    const word = [...opener.getClientRects()].at(-1);
    const { width, height } = box.getBoundingClientRect();
    const left = Math.min(word.left, document.documentElement.clientWidth - width - 12);
    const below = word.bottom + 8;
    const fits = below + height < innerHeight || word.top < height + 60;
    box.style.left = `${Math.max(12, left)}px`;
    box.style.top = `${fits ? below : word.top - height - 8}px`;
  }

  document.querySelectorAll("a.term-link").forEach((link) => {
    const entry = document.getElementById(`about-${link.hash.slice(1)}`);
    if (!entry) return;
    link.removeAttribute("title");
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      open(link, entry);
    });
  });

  box.addEventListener("toggle", ({ newState }) => {
    opener.classList.toggle("is-open", newState === "open");
  });
  // Escape, too, which Sphinx keeps from the browser.
  const escape = (event) => {
    if (event.key !== "Escape" || !box.matches(":popover-open")) return;
    event.stopPropagation();
    box.hidePopover();
    opener.focus({ preventScroll: true });
  };
  addEventListener("keydown", escape, true);
  // What stays behind while one reads on would cover the text.
  box.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !box.contains(relatedTarget)) box.hidePopover();
  });
  addEventListener("scroll", () => box.matches(":popover-open") && place(), { passive: true });
  addEventListener("resize", () => box.matches(":popover-open") && place());
});
