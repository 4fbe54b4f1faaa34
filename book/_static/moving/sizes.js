// Chapter 7: a GPT of any size, counted, with GPT-1's outline behind it.
moving.figure("sizes", {
  title: "Choose a size",

  // As gpt1.count counts: a multiply and an add are two FLOPs, a number has four bytes.
  // Activations are those of one training step with dropout, heads are 64 wide.
  numbers({ layers, width, vocab, context, batch = 1 }) {
    const linear = (into, out) => into * out + out;
    const inner = 4 * width;
    const parameters = {
      tokens: vocab * width,
      positions: context * width,
      attention: layers * (linear(width, 3 * width) + linear(width, width)),
      forward: layers * (linear(width, inner) + linear(inner, width)),
      norms: layers * 4 * width,
    };
    parameters.total = Object.values(parameters).reduce((sum, part) => sum + part);
    const maps = width * 3 * width + width * width + 2 * width * inner;
    const flops = 2 * (layers * (maps + 2 * width * context) + width * vocab);
    const heads = width / 64;
    const joint = batch === 1 || heads === 1 ? 5 : 3;
    const block = width + joint * width + width + 2 * (width + 2) + width + 2 * inner
      + 3 * heads * context + 2 * width;
    const activations = 4 * batch * context * (layers * block + 2 * width + vocab);
    return {
      parameters, flops, activations,
      training: 3 * flops,
      weights: 4 * parameters.total,
      memory: 16 * parameters.total + activations,
    };
  },

  make(stage, { model }) {
    const { html, svg, text, range, button, row, picture, legend } = moving;
    const count = (number) => number.toLocaleString("en");
    const WIDTHS = [64, 128, 256, 384, 512, 640, 768, 1024, 1280, 1600, 2048, 3072, 4096];
    const VOCABS = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 40478, 65536, 100000];
    const CONTEXTS = [64, 128, 256, 512, 1024, 2048, 4096, 8192];

    // Sliders over lists of usual sizes, each of which has GPT-1's.
    const of = (label, list, value) => {
      const at = { min: 0, max: list.length - 1, value: list.indexOf(value), say: (i) => count(list[i]) };
      const slider = range(label, at, show);
      return { box: slider.box, now: () => list[slider.value], set: (to) => (slider.value = list.indexOf(to)) };
    };
    const depths = Array.from({ length: 96 }, (_, i) => i + 1);
    const controls = {
      layers: of("layers", depths, model.layers),
      width: of("width", WIDTHS, model.width),
      vocab: of("vocabulary", VOCABS, model.vocab),
      context: of("context", CONTEXTS, model.context),
      batch: of("sequences in a training step", [1, 2, 4, 8, 16, 32, 64], 1),
    };
    const chosen = () => Object.fromEntries(Object.entries(controls).map(([name, { now }]) => [name, now()]));
    const back = button("Back to GPT-1", () => {
      Object.entries({ ...model, batch: 1 }).forEach(([name, size]) => controls[name].set(size));
      show();
    });

    const rounded = (number, digits) => Number(number.toPrecision(digits)).toLocaleString("en");
    const large = (number) => {
      const [size, word] = [[1e12, " trillion"], [1e9, " billion"], [1e6, " million"], [1, ""]]
        .find(([least]) => number >= least) ?? [1, ""];
      return rounded(number / size, 3) + word;
    };
    const bytes = (number) => {
      const [size, word] = [[1e12, "TB"], [1e9, "GB"], [1e6, "MB"], [1e3, "kB"]].find(([least]) => number >= least);
      return `${rounded(number / size, 3)} ${word}`;
    };
    const rows = [
      ["parameters", (n) => large(n.parameters.total)],
      ["share of the token table", (n) => `${Math.round((100 * n.parameters.tokens) / n.parameters.total)}%`],
      ["FLOPs to read a token", (n) => large(n.flops)],
      ["FLOPs to train on a token", (n) => large(n.training)],
      ["memory for the weights", (n) => bytes(n.weights)],
      ["memory for training", (n) => bytes(n.memory)],
    ].map(([label, say]) => ({ label, say, cell: html("td") }));
    const heads = html("tr", {}, html("td"),
      ...["this model", "GPT-1"].map((words) => html("th", { scope: "col" }, words)));
    const table = html("table", { class: "moving-table" }, html("thead", {}, heads), html("tbody", {},
      ...rows.map((line) => {
        line.theirs = html("td");
        return html("tr", {}, html("th", { scope: "row" }, line.label), line.cell, line.theirs);
      })));

    const key = legend(["f-yellow", "tokens"], ["f-grey", "positions"], ["f-blue", "attention"], ["f-forward", "feed-forward"]);
    const areas = picture("The model's parameters as areas, GPT-1's outline behind", (width) => 0.5 * width, (width, height) => {
      const sizes = chosen();
      const { parameters } = numbers(sizes);
      const theirs = numbers({ ...model, batch: 1 }).parameters.total;
      // Areas are to one scale; the larger model fills the picture.
      const unit = (0.5 * width * (width - 2)) / Math.max(parameters.total, theirs);
      const box = (total) => {
        const high = Math.sqrt((total * unit) / 2);
        return { wide: 2 * high, high, x: 1, y: height - high };
      };
      const own = box(parameters.total);
      const ghost = box(theirs);
      let x = own.x;
      const column = (wide, share, y, name) =>
        svg("rect", { x, y: own.y + y * own.high, width: wide, height: share * own.high, class: name });
      const shapes = [["tokens", "f-yellow"], ["positions", "f-grey"]].map(([part, name]) => {
        const wide = (own.wide * parameters[part]) / parameters.total;
        const shape = column(wide, 1, 0, name);
        x += wide;
        return shape;
      });
      const blocks = parameters.attention + parameters.forward + parameters.norms;
      const wide = (own.wide * blocks) / parameters.total / sizes.layers;
      const share = parameters.attention / blocks;
      for (let block = 0; block < sizes.layers; block += 1) {
        shapes.push(column(wide, share, 1 - share, "f-blue is-block"), column(wide, 1 - share, 0, "f-forward is-block"));
        x += wide;
      }
      return [
        shapes,
        svg("rect", { x: ghost.x, y: ghost.y, width: ghost.wide, height: ghost.high, class: "l-ghost" }),
        svg("rect", { x: ghost.x, y: ghost.y, width: 46, height: 21, class: "f-card" }),
        text(ghost.x + 6, ghost.y + 15, "GPT-1"),
      ];
    });

    const { numbers } = this;
    function show() {
      const own = numbers(chosen());
      const theirs = numbers({ ...model, batch: chosen().batch });
      rows.forEach((line) => {
        line.cell.textContent = line.say(own);
        line.theirs.textContent = line.say(theirs);
      });
      areas.again();
      const times = own.parameters.total / theirs.parameters.total;
      const size = times === 1 ? "as large as" : times > 1
        ? `${rounded(times, 2)} times`
        : `${rounded(100 * times, 2)}% of`;
      const gpt1 = html("span", { class: "unbroken" }, "GPT-1. ");
      stage.say(
        html("strong", {}, `${count(own.parameters.total)} parameters, ${size} `, gpt1),
        `The table of tokens is ${rows[1].say(own)} of them. Training keeps ${bytes(own.memory)}, `
        + `of which ${bytes(own.activations)} are activations.`,
      );
    }
    stage.append(row(...Object.values(controls), back), key, areas.box, table);
    show();
  },
});
