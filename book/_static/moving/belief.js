// Chapter 1: a belief is moved, and the cross-entropy splits into entropy and excess.
moving.figure("belief", {
  title: "Move your belief",

  numbers(truth, belief) {
    const mean = (q) => truth.reduce((sum, p, i) => sum - p * Math.log(q[i]), 0);
    const entropy = mean(truth);
    return { entropy, cross: mean(belief), excess: mean(belief) - entropy };
  },

  make(stage, { words, truth }) {
    const { range, row, picture, legend, drag, svg, text } = moving;
    const percent = (share) => `${Math.round(100 * share)}%`;
    const about = { min: 0.02, max: 0.98, step: 0.01, say: percent };
    const first = range(`your belief in “${words[0]}”`, { ...about, value: 0.2 }, show);
    const share = range(`of the rest, “${words[1]}” gets`, { ...about, value: 0.5 }, show);

    const beliefs = (one) => [one, (1 - one) * share.value, (1 - one) * (1 - share.value)];
    const cost = (one) => this.numbers(truth, beliefs(one));

    const bars = picture("The truth and your belief, as bars", 104, (width) => {
      const left = 58;
      const unit = width - left - 50;
      return words.map((word, i) => {
        const y = 34 * i;
        const belief = beliefs(first.value)[i];
        return [
          text(left - 10, y + 20, word, { "text-anchor": "end", class: "is-strong" }),
          svg("rect", { x: left, y: y + 3, width: unit * truth[i], height: 24, class: "f-green-pale" }),
          svg("rect", { x: left, y: y + 9, width: unit * belief, height: 12, class: "f-blue" }),
          text(left + unit * Math.max(belief, truth[i]) + 8, y + 20, percent(belief)),
        ];
      });
    });

    const top = 3.2;
    const edge = { left: 40, right: 12, above: 12, below: 44 };
    const curve = picture("Cross-entropy for each belief in the first word", 250, (width, height) => {
      const across = (q) => edge.left + q * (width - edge.left - edge.right);
      const down = (nats) => height - edge.below
        - (Math.min(nats, top) / top) * (height - edge.above - edge.below);
      const { entropy, cross } = cost(first.value);
      const steps = Array.from({ length: 97 }, (_, i) => 0.02 + i / 100);
      const line = steps.map((q) => `${across(q)} ${down(cost(q).cross)}`).join("L");
      const x = across(first.value);
      const ends = [across(0.02), across(0.98)];
      return [
        [0, 1, 2, 3].map((nats) => [
          svg("path", { d: `M${across(0)} ${down(nats)}H${across(1)}`, class: "l-faint" }),
          text(edge.left - 10, down(nats) + 4, nats, { "text-anchor": "end" }),
        ]),
        [0, 0.25, 0.5, 0.75, 1].map((q) =>
          text(across(q), height - 24, percent(q), { "text-anchor": "middle" })),
        text((across(0) + across(1)) / 2, height - 4, `belief in “${words[0]}”`, { "text-anchor": "middle" }),
        svg("path", { d: `M${line}V${down(entropy)}H${ends[0]}Z`, class: "f-red-pale" }),
        svg("path", { d: `M${ends[0]} ${down(0)}V${down(entropy)}H${ends[1]}V${down(0)}Z`, class: "f-green-pale" }),
        svg("path", { d: `M${line}`, class: "l-ink" }),
        svg("path", { d: `M${x} ${down(0)}V${down(entropy)}`, class: "l-green" }),
        svg("path", { d: `M${x} ${down(entropy)}V${down(cross)}`, class: "l-red" }),
        svg("circle", { cx: x, cy: down(cross), r: 8, class: "f-ink" }),
        text(0, 10, "nats"),
      ];
    });
    drag(curve.box, (x) => {
      const wide = curve.box.getBoundingClientRect().width - edge.left - edge.right;
      first.value = (x - edge.left) / wide;
      show();
    });

    function show() {
      bars.again();
      curve.again();
      const { entropy, cross, excess } = cost(first.value);
      const split = `${cross.toFixed(2)} nats = entropy ${entropy.toFixed(2)} + excess ${excess.toFixed(2)}`;
      const now = beliefs(first.value);
      const end = now.every((q, i) => Math.abs(q - truth[i]) < 0.001)
        ? "You believe the truth, so nothing is in excess."
        : "Only the excess depends on what you believe.";
      stage.say(moving.html("strong", {}, `Mean surprise: ${split}. `), end);
    }
    stage.append(
      row(first, share),
      legend(["f-green-pale", "the truth, and its entropy"], ["f-blue", "your belief"], ["f-red-pale", "its excess"]),
      bars.box, curve.box,
    );
    show();
  },
});
