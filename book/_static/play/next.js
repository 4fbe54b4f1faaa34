// What may come next, on the page to play with: a bar for each of the likeliest tokens, and
// one for the grammar's chance where that is known. To choose a bar is to go that way.
play.makeNext = ({ tokens, hasTruth, take }) => {
  const BARS = 10;
  const MORE = 4; // tokens that may come next although the model has ten that are likelier
  const { html, legend } = moving;
  const { marked, quoted } = play.wording(tokens);

  const bars = Array.from({ length: BARS + MORE }, (_, i) => {
    const parts = ["play-word", "play-chance", "play-truth", "play-hidden"].map((look) => html("span", { class: look }));
    const lengths = ["play-model", "play-grammar"].map((look) => html("span", { class: look }));
    const track = html("span", { class: "play-track" }, ...lengths);
    const box = html("button", { type: "button", class: "play-bar" }, parts[0], track, " ", parts[1], " ", parts[2], " ", parts[3]);
    const own = { item: html("li", { hidden: i < BARS ? null : "" }, box), box, parts, lengths, id: null };
    box.addEventListener("click", () => take(own.id));
    return own;
  });
  const title = html("p", { class: "moving-note", id: "play-next" });
  const rows = html("ol", { class: "play-bars", "aria-labelledby": "play-next" }, ...bars.map(({ item }) => item));
  const keys = legend(["f-blue", "the model"], ["f-green", "the grammar"], ["is-next", "came next in this story"]);
  const [, grammars, came] = keys.children;
  rows.classList.toggle("has-truth", hasTruth);

  rows.addEventListener("keydown", (event) => {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const from = bars.findIndex(({ box }) => box === event.target);
    if (!way || from < 0) return;
    event.preventDefault();
    const next = bars[from + way];
    if (next && !next.item.hidden) next.box.focus();
  });

  // `truth`: the grammar's chances by id, none where they are not known.
  function show({ seen, isThere, ids, at, truth, sampling }) {
    play.put(title, seen ? `After ${quoted(ids[at])}, the likeliest tokens. Choose one to go that way.`
      : isThere ? "The model is reading …" : "Once the model is there, you see here what may come next.");
    rows.classList.toggle("is-empty", !seen);
    // They keep their place: what is below them must not move under a finger.
    keys.classList.toggle("is-unseen", !seen);
    grammars.classList.toggle("is-unseen", !seen || !truth.size);
    came.classList.toggle("is-unseen", !seen || ids[at + 1] === undefined);
    if (!seen) return;
    const { tokens: kept, chances } = gpt1.candidates(seen.logits, sampling);
    const likeliest = [...(kept.length < BARS ? gpt1.candidates(seen.logits).tokens : kept).subarray(0, BARS)];
    const also = [...truth.keys()].filter((id) => !likeliest.includes(id)).slice(0, MORE);
    const shown = [...likeliest, ...also];
    bars.forEach((own, i) => {
      const id = shown[i];
      own.item.hidden = id === undefined;
      if (id === undefined) return;
      own.id = id;
      const place = kept.indexOf(id);
      const chance = place < 0 ? 0 : chances[place];
      const due = truth.get(id) ?? 0;
      play.put(own.parts[0], marked(id));
      play.put(own.parts[1], chance ? play.number(chance) : "cut");
      play.put(own.parts[2], truth.size ? play.number(due) : "");
      [chance, due].forEach((share, n) => own.lengths[n].style.setProperty("--chance", share));
      own.box.classList.toggle("is-cut", !chance);
      own.box.classList.toggle("is-taken", ids[at + 1] === id);
      play.put(own.parts[3], [...(truth.size ? ["the second by the grammar"] : []), ...(ids[at + 1] === id ? ["came next"] : [])].join(", "));
    });
    if (document.activeElement?.closest("[hidden]")) bars[0].box.focus();
  }

  return { box: html("div", { class: "play-next" }, title, keys, rows), show };
};
