// Chapter 8: twelve runs as a grid; each cell opens the run's losses and its rates.
moving.figure("warm", {
  title: "Open a run",

  // The losses smoothed as in the still picture, their end, and the rate of each update
  // as a share of the highest, as gpt1.train's `schedule` gives it.
  numbers(losses, warmup) {
    const mean = (list) => list.reduce((sum, one) => sum + one, 0) / list.length;
    const total = losses.length;
    const share = (step) => (step < warmup
      ? (step + 1) / warmup
      : 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / (total - warmup))));
    return {
      smooth: Array.from({ length: total - 4 }, (_, i) => mean(losses.slice(i, i + 5))),
      end: mean(losses.slice(-10)),
      rates: losses.map((_, step) => share(step)),
    };
  },

  make(stage, { arms, rate, guess, floor }) {
    const { html, svg, text, picture } = moving;
    const COLOURS = ["is-red", "is-blue", "is-green"];
    const runs = arms.flatMap(({ name, warmup, losses }, arm) => losses.map((line, seed) => {
      const numbers = line.split(" ").map(Number);
      return { name, warmup, arm, seed, first: numbers[0], ...this.numbers(numbers, warmup) };
    }));
    let open = runs[0];

    const heads = arms[0].losses.map((_, seed) => html("span", { class: "moving-head", "aria-hidden": "true" }, `seed ${seed}`));
    const cells = runs.map((run) => {
      const said = `${run.name}, seed ${run.seed}: ${run.end.toFixed(2)}`;
      const input = html("input", { type: "radio", name: "moving-runs", "aria-label": said, autocomplete: "off" });
      input.checked = run === open;
      input.addEventListener("change", () => {
        open = run;
        show();
      });
      const cell = html("label", { class: COLOURS[run.arm] }, input, html("span", {}, run.end.toFixed(2)));
      cell.style.setProperty("--share", `${Math.min(100, (100 * run.end) / guess)}%`);
      return cell;
    });
    const rows = arms.map(({ name }, arm) => [
      html("span", { class: "moving-arm", "aria-hidden": "true" }, name), ...cells.filter((_, i) => runs[i].arm === arm),
    ]);
    const grid = html("fieldset", { class: "moving-choice" },
      html("legend", {}, "loss over the last ten updates"),
      html("div", { class: "moving-runs" }, html("span", { class: "moving-corner" }), ...heads, ...rows.flat()));

    const edge = { left: 38, right: 8, below: 26 };
    const time = open.rates.length;
    const across = (width, update) => edge.left + (update / time) * (width - edge.left - edge.right);
    const path = (width, values, first, down) =>
      `M${values.map((value, i) => `${across(width, first + i).toFixed(1)} ${down(value).toFixed(1)}`).join("L")}`;

    const curve = picture("The losses of the chosen run, the eight others behind", 240, (width, height) => {
      const down = (nats) => height - 8 - (Math.min(nats, 3.4) / 3.4) * (height - 26);
      const line = (run, name) => svg("path", { d: path(width, run.smooth, 5, down), class: `${name} ${COLOURS[run.arm]}` });
      const level = (nats, words) => [
        svg("path", { d: `M${edge.left} ${down(nats)}H${width - edge.right}`, class: "l-ghost" }),
        text(width - edge.right, down(nats) - 5, words, { "text-anchor": "end", class: "is-label" }),
      ];
      return [
        text(0, 10, "nats per letter"),
        [0, 1, 2, 3].map((nats) => [
          svg("path", { d: `M${edge.left} ${down(nats)}H${width - edge.right}`, class: "l-faint" }),
          text(edge.left - 10, down(nats) + 4, nats, { "text-anchor": "end" }),
        ]),
        runs.filter((run) => run !== open).map((run) => line(run, "l-other")),
        level(guess, "guessing"), level(floor, "the lowest"),
        line(open, "l-run"),
      ];
    });

    const rates = picture("The rate at each update of the chosen run", 110, (width, height) => {
      const down = (share) => height - edge.below - 14 - share * (height - edge.below - 36);
      const base = down(0);
      return [
        text(0, 10, "rate"),
        [0, 1].map((share) => [
          svg("path", { d: `M${edge.left} ${down(share)}H${width - edge.right}`, class: "l-faint" }),
          text(edge.left - 6, down(share) + 4, share * rate, { "text-anchor": "end" }),
        ]),
        svg("path", { d: path(width, open.rates, 1, down), class: "l-ink" }),
        [0, 25, 50, 75, 100].map((update) =>
          text(across(width, update), base + 18, update, { "text-anchor": update === 100 ? "end" : "middle" })),
        text((across(width, 0) + across(width, time)) / 2, height - 3, "updates", { "text-anchor": "middle" }),
      ];
    });

    function show() {
      curve.again();
      rates.again();
      const below = open.smooth.findIndex((loss) => loss < guess - 0.5);
      const start = open.warmup
        ? `The rate rises for ${open.warmup} updates to ${rate}, then falls. `
        : `The rate starts at ${rate} and falls. `;
      stage.say(
        html("strong", {}, `${open.name[0].toUpperCase()}${open.name.slice(1)}, seed ${open.seed}: `
          + `from ${open.first.toFixed(2)} to ${open.end.toFixed(2)} nats. `),
        start,
        below < 0 ? "It never gets half a nat below guessing." : `After ${below + 5} updates it is first half a nat below guessing.`,
      );
    }
    stage.append(grid, curve.box, rates.box);
    show();
  },
});
