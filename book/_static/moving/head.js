// Chapter 4: the head worked out by hand, whose query a reader turns.
moving.figure("head", {
  title: "Turn a query",

  numbers({ query, key, value, place, masked = true, scaled = false }) {
    const scores = key.map((k, at) => (masked && at > place ? -Infinity
      : (query[0] * k[0] + query[1] * k[1]) / (scaled ? Math.sqrt(2) : 1)));
    const raised = scores.map((score) => Math.exp(score - Math.max(...scores)));
    const sum = raised.reduce((a, b) => a + b);
    const weights = raised.map((one) => one / sum);
    const output = [0, 1].map((c) => weights.reduce((total, w, i) => total + w * value[i][c], 0));
    return { scores, weights, output };
  },

  make(stage, { tokens, query, key, value }) {
    const { html, svg, text, range, choice, tick, row, picture, drag } = moving;
    const two = (number) => (number === -Infinity ? "−∞" : number.toFixed(2).replace("-", "−"));
    const pair = (numbers) => `(${numbers.map(two).join(", ")})`;
    const about = { min: -3, max: 3, step: 0.1, value: 0, say: (n) => n.toFixed(1).replace("-", "−") };

    const asks = choice("which token asks", tokens.map((token, i) => [i, token]), tokens.length - 1, take);
    const first = range("query, first number", about, show);
    const second = range("query, second number", about, show);
    const masked = tick("hide the future", true, show);
    const scaled = tick("divide scores by √2", false, show);
    const now = () => this.numbers({
      query: [first.value, second.value], key, value, place: Number(asks.value),
      masked: masked.value, scaled: scaled.value,
    });

    function take() {
      [first.value, second.value] = query[Number(asks.value)];
      show();
    }

    // A plane of two numbers. Points that lie on each other share one label.
    const BLUE = ["l-blue", "f-blue"];
    const FAINT = ["l-faint", "f-faint"];
    const INK = ["l-query", "f-ink"];
    const arrow = (x0, y0, x, y, [line, fill]) => {
      const long = Math.hypot(x - x0, y - y0);
      if (long < 4) return svg("circle", { cx: x, cy: y, r: 5, class: fill });
      const [dx, dy] = [(x - x0) / long, (y - y0) / long];
      const tip = `M${x} ${y}L${x - 10 * dx + 5 * dy} ${y - 10 * dy - 5 * dx}L${x - 10 * dx - 5 * dy} ${y - 10 * dy + 5 * dx}Z`;
      return [
        svg("path", { d: `M${x0} ${y0}L${x - 8 * dx} ${y - 8 * dy}`, class: line }),
        svg("path", { d: tip, class: fill }),
      ];
    };
    const REACH = 3.2;
    const plane = (label, [middle, height], reach, paint) => picture(label, (width) => width, (width) => {
      const x = (a) => width / 2 + ((a - middle) / reach) * (width / 2);
      const y = (b) => width / 2 - ((b - height) / reach) * (width / 2);
      const lines = [-3, -2, -1, 0, 1, 2, 3, 4].map((at) => svg("path", {
        d: `M${x(at)} 0V${width}M0 ${y(at)}H${width}`, class: at ? "l-grid" : "l-faint",
      }));
      return [lines, paint(x, y)];
    });

    const left = plane("The query and the keys", [0, 0], REACH, (x, y) => {
      const { weights } = now();
      return [
        key.map((k, i) => [
          arrow(x(0), y(0), x(k[0]), y(k[1]), weights[i] ? BLUE : FAINT),
          text(x(k[0]) - 8, y(k[1]) + (k[1] > 0 ? -4 : 18), tokens[i], { "text-anchor": "end", class: "is-label" }),
        ]),
        arrow(x(0), y(0), x(first.value), y(second.value), INK),
        svg("circle", { cx: x(first.value), cy: y(second.value), r: 14, class: "is-handle" }),
        text(x(first.value) + 10, y(second.value) + 20, "query", { class: "is-label" }),
      ];
    });
    const right = plane("The values and their blend", [1.5, 0.5], 2.2, (x, y) => {
      const { weights, output } = now();
      return [
        svg("path", { d: `M${value.map(([a, b]) => `${x(a)} ${y(b)}`).join("L")}Z`, class: "f-green-pale" }),
        value.map((v, i) => [
          svg("circle", { cx: x(v[0]), cy: y(v[1]), r: 3 + 13 * Math.sqrt(weights[i]), class: weights[i] ? "f-blue" : "f-faint" }),
          text(x(v[0]), y(v[1]) + 30, tokens[i], { "text-anchor": "middle", class: "is-label" }),
        ]),
        svg("circle", { cx: x(output[0]), cy: y(output[1]), r: 7, class: "f-green is-ringed" }),
        text(x(output[0]), y(output[1]) - 12, "output", { "text-anchor": "middle", class: "is-label" }),
      ];
    });
    drag(left.box, (x, y) => {
      const wide = left.box.getBoundingClientRect().width;
      const near = (at) => Math.round((10 * REACH * (at - wide / 2)) / (wide / 2)) / 10;
      [first.value, second.value] = [near(x), -near(y)];
      show();
    });
    left.box.classList.add("is-dragged");
    const planes = html("div", { class: "moving-planes" },
      html("div", {}, html("p", { class: "moving-note" }, "drag the query; keys in blue"), left.box),
      html("div", {}, html("p", { class: "moving-note" }, "values and their blend"), right.box));

    const lines = tokens.map((token) => ({
      token, score: html("td"), weight: html("td"), bar: html("span", { class: "moving-bar" }),
    }));
    const heads = ["key of", "score", "weight"].map((words) => html("th", { scope: "col" }, words));
    const table = html("table", { class: "moving-table" }, html("thead", {}, html("tr", {}, ...heads)),
      html("tbody", {}, ...lines.map(({ token, score, weight }) =>
        html("tr", {}, html("th", { scope: "row" }, token), score, weight))));

    function show() {
      const { scores, weights, output } = now();
      lines.forEach(({ score, weight, bar }, i) => {
        score.textContent = two(scores[i]);
        bar.style.width = `${weights[i] * 8}rem`;
        weight.replaceChildren(bar, two(weights[i]));
      });
      left.again();
      right.again();
      const most = Math.max(...weights);
      const best = tokens.filter((_, i) => weights[i] > most - 0.005);
      const place = Number(asks.value);
      const future = !masked.value && place < tokens.length - 1
        ? ` It also looks at ${tokens.slice(place + 1).map((t) => `“${t}”`).join(" and ")}, which it must not see.` : "";
      stage.say(
        html("strong", {}, `“${tokens[place]}” gives the most weight to `
          + `${best.map((t) => `“${t}”`).join(best.length > 2 ? ", " : " and ")}: ${two(most)}${best.length > 1 ? " each" : ""}. `),
        `Its output is ${pair(output)}.${future}`,
      );
    }
    stage.append(asks.box, row(first, second), row(masked, scaled), planes, table);
    take();
  },
});
