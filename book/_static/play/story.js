// The story on the page to play with: a radio button for each token, in the colours of
// who wrote it, or shaded by what a head reads.
play.makeStory = ({ tokens, context, choose }) => {
  const { html, legend } = moving;
  const { spoken } = play.wording(tokens);
  const box = html("div", { class: "play-story" });
  const told = html("legend", {}, "");
  const marks = legend(["is-given", "given"], ["is-written", "written"], ["is-chosen", "chosen"]);
  marks.append(html("span", { class: "play-keys" }, "The arrow keys move from token to token."));

  // A chip for each token that the context holds. Nothing is added to the page while the
  // model writes: it would have the browser compute the look of the whole page anew.
  const chips = Array.from({ length: context }, (_, i) => {
    const input = html("input", { type: "radio", name: "play-token", value: i, autocomplete: "off" });
    input.addEventListener("change", () => choose(i));
    const words = html("span", {}, "");
    return { id: null, input, words, box: html("label", { hidden: "" }, input, words) };
  });
  box.append(...chips.map((chip) => chip.box));
  let chosen = 0;

  function show(ids, at) {
    chips.forEach((chip, i) => {
      const id = ids[i] ?? null;
      if (chip.id === id) return;
      chip.id = id;
      chip.box.hidden = id === null;
      if (id === null) return;
      chip.box.className = id === 0 ? "is-unknown" : tokens[id] === "\n" ? "is-line-end" : "";
      chip.input.setAttribute("aria-label", `${i + 1}: ${spoken(id)}`);
      play.put(chip.words, id === 0 ? "\ufffd" : tokens[id].replace("\n", "⏎"));
    });
    chips[chosen].box.classList.remove("is-at");
    chosen = at;
    chips[at].box.classList.add("is-at");
    chips[at].input.checked = true;
    if (document.activeElement?.closest(".play-story [hidden]")) chips[at].input.focus();
    play.put(told, `The story, ${ids.length} tokens: choose one to see what it sees`);
  }

  // `shares`: how much of each token a head reads; without them, who wrote it is enough.
  function shade(given, shares) {
    chips.forEach((chip, i) => {
      if (chip.id === null) return;
      chip.box.classList.toggle("is-given", i < given);
      chip.box.style.setProperty("--share", `${Math.round(55 * (shares?.[i] ?? 0))}%`);
    });
    box.classList.toggle("is-shaded", Boolean(shares));
  }

  // Where there is more above or below, the story fades; what is chosen stands clear of it.
  function keepInSight() {
    const { offsetTop: top, offsetHeight: height } = chips[chosen].box;
    const { clientHeight: room, scrollTop: from } = box;
    if (top < from + room / 8) box.scrollTop = top - room / 4;
    else if (top + height > from + (7 * room) / 8) box.scrollTop = top + height - (3 * room) / 4;
    fade();
  }

  function fade() {
    box.classList.toggle("has-above", box.scrollTop > 3);
    box.classList.toggle("has-below", box.scrollTop + box.clientHeight < box.scrollHeight - 3);
  }
  box.addEventListener("scroll", fade);

  // The token above or below the chosen one; the browser's own step is to its neighbour.
  box.addEventListener("keydown", (event) => {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const middle = ({ offsetLeft: left, offsetWidth: width }) => left + width / 2;
    const from = chips[chosen].box;
    const there = chips.filter((chip) => chip.id !== null && way * (chip.box.offsetTop - from.offsetTop) > 0);
    const line = Math.min(...there.map((chip) => way * chip.box.offsetTop));
    const far = (chip) => Math.abs(middle(chip.box) - middle(from));
    const [next] = there.filter((chip) => way * chip.box.offsetTop === line).sort((a, b) => far(a) - far(b));
    next?.input.focus();
    next?.input.click();
  });

  return { box: html("fieldset", { class: "play-tokens" }, told, marks, box), show, shade, keepInSight };
};
