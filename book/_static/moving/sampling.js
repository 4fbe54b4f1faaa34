// Chapter 9: temperature, top-k and top-p at one moment of a tale, and a dart.
moving.figure("sampling", {
  title: "Choose the next token",

  // The kept chances, best first: those of the tokens that have names, then those of the
  // tail's groups, whose tokens are nearly alike. As `candidates` in gpt1.generate does,
  // temperature, top-k (0 keeps all) and top-p act in this order.
  numbers({ logits, tail, group }, { temperature, k, p }) {
    const all = [...logits, ...tail.flatMap((logit) => Array(group).fill(logit))];
    const kept = all.slice(0, k || all.length).map((z) => Math.exp((z - all[0]) / temperature));
    const sum = kept.reduce((a, b) => a + b);
    let before = 0;
    const chances = kept.map((one) => {
      const chance = before >= p && p < 1 ? 0 : one / sum;
      before += one / sum;
      return chance;
    });
    const left = chances.reduce((a, b) => a + b);
    return chances.map((chance) => chance / left);
  },

  // The place where a dart lands: all points of a line from 0 to 1 are equally likely.
  hit(chances, dart) {
    let end = 0;
    const place = chances.findIndex((chance) => dart < (end += chance));
    return place < 0 ? chances.findLastIndex((chance) => chance > 0) : place;
  },

  chance: () => Math.random(),

  make(stage, data) {
    const { html, svg, text, range, button, row, picture, legend } = moving;
    const { names, truth, logits } = data;
    const shown = (token) => token.replaceAll(" ", "␣").replaceAll("\n", "⏎");
    const ROWS = 14;
    const KS = [1, 2, 3, 5, 8, 10, 14, 20, 40, 60, 0];
    const PS = [0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];
    const heat = range("temperature", { min: 0.1, max: 2, step: 0.1, value: 1, say: (t) => t.toFixed(1) }, change);
    const k = range("top-k", { min: 0, max: KS.length - 1, value: KS.length - 1, say: (i) => KS[i] || "all" }, change);
    const p = range("top-p", { min: 0, max: PS.length - 1, value: PS.length - 1, say: (i) => String(PS[i]) }, change);
    const compute = () => this.numbers(data, { temperature: heat.value, k: KS[k.value], p: PS[p.value] });
    let chances = compute();
    let darts = [];
    let last = null;

    const throws = (count) => () => {
      for (let i = 0; i < count; i += 1) {
        last = this.chance();
        darts.push(this.hit(chances, last));
      }
      show();
    };
    const one = button("Throw a dart", throws(1));
    const many = button("Throw 100", throws(100));

    const bars = picture("Chances of the most likely tokens, the truth as dots", 24 * (ROWS + 1) + 22, (width) => {
      const left = 88;
      const unit = (width - left - 98) / Math.max(0.45, ...chances, 1 - chances.slice(0, ROWS).reduce((a, b) => a + b));
      const line = (i, label, chance, right, hits, strong) => {
        const y = 22 + 24 * i;
        const said = chance < 0.001 ? "< 0.001" : chance.toFixed(3);
        return [
          text(left - 8, y + 15, label, { "text-anchor": "end", class: chance ? "is-mono" : "is-mono is-cut" }),
          svg("rect", { x: left, y: y + 3, width: Math.max(unit * chance, chance ? 1 : 0), height: 17, class: strong ? "f-green" : right ? "f-blue" : "f-grey" }),
          right ? svg("circle", { cx: left + unit * right, cy: y + 11.5, r: 6, class: "f-ink" }) : [],
          text(width - 48, y + 16, chance ? said : "cut", { "text-anchor": "end" }),
          text(width, y + 16, hits || "", { "text-anchor": "end" }),
        ];
      };
      const count = (test) => darts.filter(test).length;
      const at = darts.at(-1);
      const others = chances.slice(ROWS);
      return [
        text(width - 48, 13, "chance", { "text-anchor": "end" }),
        text(width, 13, "darts", { "text-anchor": "end" }),
        names.slice(0, ROWS).map((name, i) =>
          line(i, shown(name), chances[i] ?? 0, truth[i], count((hit) => hit === i), at === i)),
        line(ROWS, "all others", others.reduce((a, b) => a + b, 0), 0, count((hit) => hit >= ROWS), at >= ROWS),
      ];
    });

    const strip = picture("All chances end to end on a line from 0 to 1, and where the dart landed", 52, (width) => {
      let x = 0;
      const wide = width - 2;
      const pieces = [...chances.slice(0, ROWS), chances.slice(ROWS).reduce((a, b) => a + b, 0)].map((chance, i) => {
        const piece = svg("rect", { x: 1 + wide * x, y: 22, width: wide * chance, height: 24,
          class: truth[i] ? "f-blue is-block" : "f-grey is-block" });
        const name = i < ROWS && wide * chance > 9 * names[i].length
          ? text(1 + wide * (x + chance / 2), 39, shown(names[i]).replace("␣", ""), { "text-anchor": "middle", class: "on-fill" }) : [];
        x += chance;
        return [piece, name];
      });
      const dart = last === null ? [] : svg("path", {
        d: `M${1 + wide * last} 42l-7 -24h14z`, transform: "translate(0 -19)", class: "f-green is-ringed",
      });
      return [pieces, dart];
    });

    function change() {
      chances = compute();
      darts = [];
      last = null;
      show();
    }

    function show() {
      bars.again();
      strip.again();
      const kept = chances.filter((chance) => chance > 0).length;
      const wrong = chances.reduce((sum, chance, i) => sum + (truth[i] ? 0 : chance), 0);
      const at = darts.at(-1);
      const hit = at === undefined ? "" : `The dart landed at ${last.toFixed(2)}: `
        + `${at < names.length ? `“${shown(names[at])}”` : "a token of the tail"}`
        + `${darts.length > 1 ? `, the last of ${darts.length}` : ""}. `;
      stage.say(
        html("strong", {}, hit, `${kept.toLocaleString("en")} ${kept === 1 ? "token is" : "tokens are"} kept. `),
        `Tokens that can't come next have ${wrong.toFixed(2)} of the chances.`,
      );
    }
    stage.append(html("p", { class: "moving-prompt" }, data.prompt, html("b", {}, " …?")),
      row(heat, k, p), row(one, many), strip.box,
      legend(["f-blue", "can come next"], ["f-grey", "can't"], ["f-green", "hit by the dart"], ["f-ink", "the truth"]), bars.box);
    show();
  },
});
