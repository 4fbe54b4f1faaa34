// What is inside the model, on the page to play with: what each head reads at the chosen
// token, a switch for each, and the shapes and the lens on the way to the next token.
play.makeHeads = ({ tokens, config, switched, shaded }) => {
  const { layers, heads, width, feed_forward: inner } = config;
  const { html, svg } = moving;
  const { marked, quoted } = play.wording(tokens);
  const WEAK = 0.05; // a share that is not worth its words
  const NEAR = 4; // pixels around the pointer in which the strongest line is meant
  let ids = []; // the story, as it was shown last
  let reads = null;

  const all = Array.from({ length: layers * heads }, (_, i) => {
    const [layer, head] = [Math.floor(i / heads), i % heads];
    const name = `${layer}.${head}`;
    const input = html("input", { type: "checkbox", autocomplete: "off" });
    const strip = svg("svg", { class: "play-strip", preserveAspectRatio: "none", "aria-hidden": "true" });
    const words = html("span", { class: "play-reads" });
    const box = html("div", { class: "play-head" },
      html("label", { class: "moving-tick" }, input, html("span", {}, `head ${head}`, html("span", { class: "play-hidden" }, ` of layer ${layer}`))),
      strip, words);
    const own = { layer, head, name, input, strip, words, box };
    input.addEventListener("change", () => switched(name, input.checked));
    strip.addEventListener("pointermove", (event) => point(own, event));
    strip.addEventListener("pointerdown", (event) => point(own, event));
    strip.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && write(own));
    strip.addEventListener("click", () => {
      shading.value = shading.value === name ? "" : name;
      shading.dispatchEvent(new Event("change"));
    });
    return own;
  });
  const shading = html("select", { id: "play-shade", class: "moving-words", autocomplete: "off" }, html("option", { value: "" }, "nothing"),
    ...all.map(({ layer, head, name }) => html("option", { value: name }, play.head(layer, head))));
  shading.addEventListener("change", () => {
    mark();
    shaded();
  });
  const title = html("h2", { class: "play-title" });
  const way = html("table", { class: "moving-table play-way" });

  const mark = () => all.forEach(({ name, box }) => box.classList.toggle("is-shading", name === shading.value));
  const share = (i, shares) => `${marked(ids[i])} ${shares[i].toFixed(2)}`;

  // What a head reads most.
  function write({ layer, head, words, input }) {
    if (!reads) return;
    const shares = reads[layer][head];
    const most = [...shares.keys()].sort((a, b) => shares[b] - shares[a]).slice(0, 3).filter((i) => shares[i] >= WEAK);
    words.textContent = !input.checked ? "switched off: adds nothing"
      : most.length ? most.map((i) => share(i, shares)).join(",  ") : `a little of many, ${Math.max(...shares).toFixed(2)} at most`;
  }

  // The token that is meant by a place on a strip.
  function point({ layer, head, strip, words }, { clientX }) {
    if (!reads) return;
    const shares = reads[layer][head];
    const { left, width: wide } = strip.getBoundingClientRect();
    const [from, to] = [-NEAR, NEAR].map((more) => Math.floor((shares.length * (clientX - left + more)) / wide));
    const near = [...shares.keys()].slice(Math.max(from, 0), Math.max(to, 0) + 1);
    if (!near.length) return;
    const best = near.reduce((a, b) => (shares[b] > shares[a] ? b : a));
    words.textContent = `${share(best, shares)}, token ${best + 1}`;
  }

  function draw({ layer, head, strip }) {
    const shares = reads[layer][head];
    strip.setAttribute("viewBox", `0 0 ${shares.length} 1`);
    strip.replaceChildren(...[...shares.keys()].filter((i) => shares[i] > 0.01).map((i) =>
      svg("rect", { x: i, width: 1, height: 1, "fill-opacity": Math.sqrt(shares[i]).toFixed(2) })));
  }

  function show({ seen, at, off, ...story }) {
    ids = story.ids;
    reads = seen?.reads ?? null;
    play.put(title, `What each head reads at ${quoted(ids[at])}`);
    mark();
    all.forEach((own) => {
      own.input.checked = !off.has(own.name);
      own.box.classList.toggle("is-off", !own.input.checked);
      if (reads) draw(own);
      write(own);
    });
    const time = at + 1;
    const reading = (level) => (seen?.lens ? seen.lens[level].map(([id, chance]) => `${marked(id)} ${chance.toFixed(2)}`).join(",  ") : "");
    const line = (what, shape, lens = "") => html("tr", {}, html("th", { scope: "row" }, what), html("td", {}, shape), html("td", {}, lens));
    way.replaceChildren(
      html("caption", {}, `From ${time} tokens to the next: the shapes on the way, and the lens`),
      html("thead", {}, html("tr", {}, ...["state", "shape", "lens: the next token, read early"].map((words) => html("th", { scope: "col" }, words)))),
      html("tbody", {}, line("ids", `(${time})`), line("embeddings", `(${time}, ${width})`, reading(0)),
        ...Array.from({ length: layers }, (_, layer) => [
          line(`layer ${layer}: queries, keys, values`, `3 × (${heads}, ${time}, ${width / heads})`),
          line("what heads read", `(${heads}, ${time}, ${time})`),
          line("inside feed-forward", `(${time}, ${inner})`),
          line(`after layer ${layer}`, `(${time}, ${width})`, reading(layer + 1)),
        ]),
        line("logits", `(${time}, ${tokens.length.toLocaleString("en")})`)));
  }

  const box = html("div", { class: "play-inside" }, title,
    html("p", { class: "moving-note" }, "A strip is the story from left to right, up to the chosen token: the darker a place, the more the head reads there. Beside it stands what it reads most, in shares of 1. Point at a strip to see which token is meant, click it to shade the story, untick a head to switch it off."),
    html("div", { class: "moving-field" }, html("label", { for: "play-shade" }, "Shade the story by what is read by"), shading),
    html("div", { class: "play-within" }, ...Array.from({ length: layers }, (_, layer) =>
      html("fieldset", {}, html("legend", {}, `Layer ${layer}`), ...all.filter((own) => own.layer === layer).map((own) => own.box)))),
    way);

  return { box, show, shading, names: all.map(({ name }) => name) };
};
