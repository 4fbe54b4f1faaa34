// Chapter 5: the stream after each block, and which part wrote what share of it.
moving.figure("stream", {
  title: "Walk up the stream",

  // `shares` has a line for each depth: the embedding's share, then of each block so far
  // that of its attention and that of its feed-forward layer. Together they are 1.
  numbers({ rms, shares }, depth) {
    const [embedding, ...branches] = shares[depth].split(" ").map(Number);
    const blocks = Array.from({ length: depth }, (_, i) => {
      const [attention, forward] = branches.slice(2 * i, 2 * i + 2);
      return { attention, forward, both: attention + forward };
    });
    return { rms: rms[depth], embedding, blocks };
  },

  make(stage, { kinds }) {
    const { html, svg, text, range, row, picture, legend } = moving;
    const depth = kinds[0].rms.length - 1;
    const high = 21;
    const top = 60;
    const percent = (share) => `${Math.round(100 * share)}%`;
    const passed = range("blocks passed", { min: 0, max: depth, value: depth }, show);
    const now = () => kinds.map((kind) => this.numbers(kind, passed.value));

    const panels = picture("Shares of the stream, of each part below, in both arrangements", top + high * (depth + 1) + 24, (width, height) => {
      const found = now();
      const most = Math.max(...found.flatMap(({ embedding, blocks }) => [embedding, ...blocks.map(({ both }) => both)]));
      const end = [0.25, 0.5, 1].find((scale) => most <= scale) ?? 1;
      const largest = Math.max(...kinds.flatMap(({ rms }) => rms));
      const gap = 18;
      const wide = (width - gap) / 2;
      return found.map(({ rms, embedding, blocks }, i) => {
        const left = i * (wide + gap) + 28;
        const room = wide - 28 - 40;
        const unit = room / end;
        const line = (place, label, parts) => {
          const y = top + high * (depth - place);
          const bars = parts.map(([share, name], n) => svg("rect", {
            x: left + unit * (n ? parts[0][0] : 0), y: y + 3, width: unit * share, height: high - 6, class: name,
          }));
          const all = parts.reduce((sum, [share]) => sum + share, 0);
          return [
            text(left - 7, y + 15, label, { "text-anchor": "end", class: place > passed.value ? "is-later" : null }),
            bars,
            parts.length ? text(left + unit * all + 5, y + 15, percent(all), { class: "is-label" }) : [],
          ];
        };
        const rest = Array.from({ length: depth }, (_, n) => {
          const block = blocks[n];
          return line(n + 1, n + 1, block ? [[block.attention, "f-blue"], [block.forward, "f-forward"]] : []);
        });
        return [
          text(left - 28, 13, kinds[i].name, { class: "is-strong" }),
          text(left - 28, 34, `RMS ${rms.toFixed(2)}`),
          svg("rect", { x: left + 46, y: 23, width: (room - 8) * (rms / largest), height: 13, class: "f-ink" }),
          svg("path", { d: `M${left} ${top}V${height - 20}M${left + room} ${top}V${height - 20}`, class: "l-faint" }),
          text(left - 28, top - 5, "block"),
          rest,
          line(0, "in", [[embedding, "f-yellow"]]),
          text(left, height - 4, 0, { "text-anchor": "middle" }),
          text(left + room, height - 4, percent(end), { "text-anchor": "middle" }),
        ];
      });
    });

    function show() {
      panels.again();
      const found = now();
      const at = passed.value;
      const [post, pre] = kinds.map(({ name }, i) => ({ name, ...found[i] }));
      const pair = (share) => `${percent(share(post))} and ${percent(share(pre))}`;
      if (at === 0) {
        stage.say(html("strong", {}, "Before the first block "),
          `the stream is the embedding, whose RMS is ${post.rms.toFixed(2)} in both arrangements.`);
      } else {
        stage.say(
          html("strong", {}, `After block ${at}, ${post.name} has an RMS of ${post.rms.toFixed(2)} and ${pre.name} `
            + `one of ${pre.rms.toFixed(2)}. `),
          `The embedding has written ${pair(({ embedding }) => embedding)} of their streams, `
          + `block ${at} itself ${pair(({ blocks }) => blocks.at(-1).both)}.`,
        );
      }
    }
    stage.append(row(passed),
      legend(["f-yellow", "the embedding"], ["f-blue", "attention of a block"], ["f-forward", "feed-forward of a block"]),
      panels.box);
    show();
  },
});
