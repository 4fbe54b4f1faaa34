// How the next token is drawn, on the page to play with: three sliders and a seed.
play.makeDraws = (changed) => {
  const KS = [1, 2, 3, 5, 8, 10, 20, 40, 100, 0];
  const PS = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1];
  const { html, range, row } = moving;

  const heat = range("temperature", { min: 0, max: 2, step: 0.1, value: 1, say: (t) => t.toFixed(1) }, changed);
  const k = range("top-k", { min: 0, max: KS.length - 1, value: KS.length - 1, say: (i) => String(KS[i] || "all") }, changed);
  const p = range("top-p", { min: 0, max: PS.length - 1, value: PS.length - 1, say: (i) => String(PS[i]) }, changed);
  const input = html("input", { id: "play-seed", type: "number", min: 0, max: 999999, value: 0, class: "moving-words", autocomplete: "off" });
  const seeds = html("div", { class: "moving-field play-seed" }, html("label", { for: "play-seed" }, "seed"), input);
  const hint = html("p", { class: "moving-note" }, "The same seed and sliders, from the same place, write the same story.");
  input.addEventListener("change", changed);

  const draws = {
    box: html("div", { class: "play-draws" }, row(heat, k, p, seeds), hint),
    get seed() {
      return Number(input.value) || 0;
    },
    set seed(now) {
      input.value = now;
    },
    get sampling() {
      return { temperature: heat.value, k: KS[k.value], p: PS[p.value] };
    },
    get isGreedy() {
      return heat.value === 0 || KS[k.value] === 1;
    },
    // Tokens that are drawn alike, from the same place, are the same.
    get name() {
      return draws.isGreedy ? "greedy" : JSON.stringify([draws.seed, draws.sampling]);
    },
    // To an address, and from one.
    note(note) {
      note("temperature", heat.value, 1);
      note("k", KS[k.value], 0);
      note("p", PS[p.value], 1);
      note("seed", input.value, 0);
    },
    read(asked) {
      const from = (values, value) => Math.max(0, values.indexOf(Number(value)));
      heat.value = asked.get("temperature") ?? 1;
      k.value = from(KS, asked.get("k") ?? 0);
      p.value = from(PS, asked.get("p") ?? 1);
      draws.seed = Math.min(Math.max(Math.trunc(Number(asked.get("seed"))) || 0, 0), 999999);
    },
  };
  return draws;
};
