// Chapter 4: change one input and see which outputs move, under four masks.
moving.figure("leaks", {
  title: "Change one input",

  // Of a table whose row i, column j says whether output i moves with input j.
  numbers(moved, input) {
    const outputs = moved.flatMap((row, i) => (row[input] ? [i] : []));
    return { outputs, leaks: outputs.filter((i) => i < input) };
  },

  make(stage, { models }) {
    const { html, svg, text, range, choice, row, picture } = moving;
    const time = models[0].moved.length;
    const which = choice("model", models.map(({ name }, i) => [i, name]), 0, show);
    const place = range("change input", { min: 1, max: time, value: 3 }, show);
    const now = () => this.numbers(models[which.value].moved, place.value - 1);

    const net = picture("Inputs below, outputs above; lines lead to the outputs that moved", 210, (width) => {
      const x = (i) => ((i + 0.5) * width) / time;
      const { outputs } = now();
      const input = place.value - 1;
      const dot = (i, y, name, words) => [
        svg("circle", { cx: x(i), cy: y, r: 17, class: name }),
        text(x(i), y + 5, words, { "text-anchor": "middle", class: name }),
      ];
      const state = (i) => (outputs.includes(i) ? (i < input ? "is-leak" : "is-lit") : "is-dark");
      return [
        text(0, 12, "outputs", { class: "is-strong" }),
        text(0, 206, "inputs", { class: "is-strong" }),
        outputs.map((i) => svg("path", {
          d: `M${x(input)} 165C${x(input)} 110 ${x(i)} 110 ${x(i)} 62`, class: i < input ? "l-leak" : "l-lit",
        })),
        Array.from({ length: time }, (_, i) => [
          dot(i, 45, state(i), state(i) === "is-leak" ? "✕" : i + 1),
          dot(i, 165, i === input ? "is-changed" : "is-dark", i + 1),
        ]),
      ];
    });

    const cell = 24;
    const grid = picture("All outputs, in rows, and all inputs, in columns", cell * time + 18, () => {
      const { moved } = models[which.value];
      const squares = moved.flatMap((line, i) => line.map((one, j) => {
        const leak = one && j > i;
        const [x, y] = [18 + cell * j, 18 + cell * i];
        const name = leak ? "is-leak" : one ? "is-lit" : "is-dark";
        return [
          svg("rect", { x: x + 1, y: y + 1, width: cell - 2, height: cell - 2, class: name }),
          leak ? text(x + cell / 2, y + 16, "✕", { "text-anchor": "middle" }) : [],
        ];
      }));
      const numbers = moved.map((_, i) => [
        text(18 + cell * (i + 0.5), 12, i + 1, { "text-anchor": "middle" }),
        text(10, 18 + cell * (i + 0.5) + 5, i + 1, { "text-anchor": "end" }),
      ]);
      const column = { x: 18 + cell * (place.value - 1), y: 18, width: cell, height: cell * time };
      return [numbers, squares, svg("rect", { ...column, class: "l-column" })];
    });
    const note = html("p", { class: "moving-note" }, "All at once: outputs in rows, inputs in columns.");

    function show() {
      net.again();
      grid.again();
      const { name, moved } = models[which.value];
      const { outputs, leaks } = now();
      const list = (places) => `output${places.length > 1 ? "s" : ""} ${places.map((i) => i + 1).join(", ")}`;
      const all = moved.flatMap((line, i) => line.filter((one, j) => one && j > i)).length;
      const found = leaks.length
        ? `${list(leaks)} ${leaks.length > 1 ? "come" : "comes"} before it and must not move: `
          + `${leaks.length > 1 ? "leaks" : "a leak"}. `
        : "No output before it moves. ";
      stage.say(
        html("strong", {}, `Input ${place.value} changed; ${outputs.length ? `${list(outputs)} moved` : "nothing moved"}. `),
        found[0].toUpperCase() + found.slice(1),
        `Over all inputs, “${name}” has ${all === 0 ? "no leak" : all === 1 ? "1 leak" : `${all} leaks`}.`,
      );
    }
    stage.append(which.box, row(place), net.box, note, grid.box);
    show();
  },
});
