// Chapter 2: a text of one's own is cut, one merge after the other, forth and back.
moving.figure("merges", {
  title: "Step through the merges",

  // Pieces as the chapter's regular expression has them.
  pieces: (words) => words.match(/ ?[\p{L}\p{N}_]{1,128}| ?[^\p{L}\p{N}_\s]{1,128}|\s/gu) ?? [],

  join(symbols, [left, right]) {
    const joined = [];
    for (let i = 0; i < symbols.length; i += 1) {
      const found = symbols[i] === left && symbols[i + 1] === right;
      joined.push(found ? left + right : symbols[i]);
      i += found;
    }
    return joined;
  },

  // All steps of a text: each has the pieces' symbols and the number of its merge. A
  // merge joins its pair in all pieces at once, the oldest merge first.
  numbers(words, merges) {
    const ranks = new Map(merges.map((pair, rank) => [pair.join("\t"), rank]));
    let pieces = this.pieces(words).map((piece) => [...piece]);
    const steps = [{ pieces, rank: -1 }];
    for (;;) {
      const known = pieces.flatMap((symbols) => symbols.slice(1)
        .map((right, i) => ranks.get(`${symbols[i]}\t${right}`) ?? Infinity));
      const rank = known.reduce((least, one) => Math.min(least, one), Infinity);
      if (rank === Infinity) return steps;
      pieces = pieces.map((symbols) => this.join(symbols, merges[rank]));
      steps.push({ pieces, rank });
    }
  },

  make(stage, data) {
    const { html, svg, text, range, button, row, picture } = moving;
    const merges = data.merges.split("\n").map((line) => line.split("\t"));
    const used = data.used.split(" ").map(Number);
    const characters = new Set(data.characters);
    const shown = (token) => token.replaceAll(" ", "␣").replaceAll("\n", "⏎");
    const count = (number) => number.toLocaleString("en");

    const parts = this;
    let steps = [{ pieces: [], rank: -1 }];

    const id = "moving-merges-text";
    const words = html("input", { id, type: "text", maxlength: 60, autocomplete: "off",
      spellcheck: "false", class: "moving-words" });
    words.value = data.text;
    words.addEventListener("input", begin);
    const field = html("div", { class: "moving-field" }, html("label", { for: id }, "your words"), words);

    const to = (place) => () => {
      slider.value = place();
      show();
    };
    const slider = range("merges done", { min: 0, max: 1, value: 0, say: (at) => `${at} of ${steps.length - 1}` }, show);
    const back = button("◀ Back", to(() => slider.value - 1));
    const next = button("Next ▶", to(() => slider.value + 1));
    const last = (until) => steps.findLastIndex(({ rank }) => rank < until);
    const jumps = [0, 30, 300, merges.length].map((until) =>
      button(`${count(until)} merges`, to(() => last(until))));
    const boxes = html("p", { class: "moving-tokens", role: "group", "aria-label": "The tokens" });

    const top = Math.log(merges.length);
    const ages = picture("The ages of the merges that are used", 58, (width) => {
      const x = (number) => 10 + ((width - 40) * Math.log(number)) / top;
      return [
        svg("path", { d: `M10 24H${width - 30}`, class: "l-faint" }),
        [1, 10, 100, 1000, merges.length].map((number) =>
          text(x(number), 52, number === merges.length && width < 450 ? "" : count(number), { "text-anchor": "middle" })),
        steps.slice(1).map(({ rank }, i) => svg("circle", {
          cx: x(rank + 1), cy: 24, r: i + 1 === slider.value ? 9 : 5,
          class: i + 1 === slider.value ? "f-yellow" : i < slider.value ? "f-blue" : "f-faint",
        })),
      ];
    });
    const axis = html("p", { class: "moving-note" }, "Which merge it was, of all that were learned, the oldest on the left:");

    function begin() {
      steps = parts.numbers(words.value, merges);
      slider.input.max = steps.length - 1;
      slider.value = 0;
      show();
    }

    function show() {
      const at = slider.value;
      const { pieces, rank } = steps[at];
      const symbols = pieces.flat();
      const made = rank < 0 ? null : merges[rank].join("");
      boxes.replaceChildren(...symbols.map((symbol) => {
        const unknown = [...symbol].length === 1 && !characters.has(symbol);
        const look = unknown ? "is-unknown" : symbol === made ? "is-new" : "";
        return html("span", { class: look }, shown(symbol));
      }));
      back.box.disabled = at === 0;
      next.box.disabled = at === steps.length - 1;
      ages.again();
      const cut = `${symbols.length} ${symbols.length === 1 ? "symbol" : "symbols"}.`;
      const strange = [...new Set(symbols)].filter((s) => [...s].length === 1 && !characters.has(s));
      const more = strange.length ? ` The tales have no ${strange.map((s) => `“${s}”`).join(" ")}: unknown.` : "";
      if (!made) {
        stage.say(html("strong", {}, `Before the first merge: ${cut}`), ` ${steps.length - 1} merges can be made.${more}`);
        return;
      }
      const [left, right] = merges[rank].map(shown);
      stage.say(
        html("strong", {}, `Merge ${count(rank + 1)}: “${left}” and “${right}” make “${shown(made)}”; ${cut}`),
        ` In 400 tales it joined ${count(used[rank])} pairs.${more}`,
      );
    }

    stage.append(field, row(slider), row(back, next, ...jumps), boxes, axis, ages.box);
    begin();
  },
});
