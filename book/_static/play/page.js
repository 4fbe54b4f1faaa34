// The page on which the shipped model writes: a beginning, the story token by token,
// what may come next, what each head reads, and what the lens shows on the way. The
// model is in engine.js, in a worker where the browser allows one.
{
  const { html, svg, range, button, row, legend } = moving;
  const KS = [1, 2, 3, 5, 8, 10, 20, 40, 100, 0];
  const PS = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1];
  const BARS = 10;
  const MORE = 4; // tokens that may come next although the model has ten that are likelier
  const MOST = 300;
  const PACE = 30; // milliseconds for a token, so that the eye can follow
  const READ = 150; // and for the bars, which nobody reads faster

  const number = (value) => (value > 0 && value < 0.001 ? "< 0.001" : value.toFixed(3));
  function put(element, words) {
    const text = element.firstChild ?? element.appendChild(new Text());
    if (text.data !== words) text.data = words;
  }
  const name = (layer, head) => `layer ${layer}, head ${head}`;

  moving.figure("play", {
    title: "Play with the model",

    make(stage, data, script) {
      const { tokens, encode, decode } = gpt1.makeTokenizer(data.tokenizer);
      const { layers, heads, width, context, feed_forward: inner } = data.config;
      const END = encode("\n\n"); // stands before each tale and after it
      const calm = matchMedia("(prefers-reduced-motion: reduce)");
      const marked = (id) => (id ? tokens[id] : "\ufffd").replaceAll(" ", "␣").replaceAll("\n", "⏎");
      const spoken = (id) => (id ? tokens[id].replace("\n", "line end").trim() || "space" : "unknown");
      const quoted = (id) => `“${marked(id)}”`;

      // The story, how many of its tokens are the beginning, and the token that is chosen.
      let ids = [];
      let given = 0;
      let at = 0;
      const off = new Set();
      let seen = null; // what the model said of the chosen token
      let before = null; // the likeliest token and its chance, before a head was switched
      let isWriting = false;
      let send = null;
      let waking = null;

      // --- Controls ------------------------------------------------------------------
      const begin = html("textarea", { id: "play-begin", rows: 2, placeholder: "Empty: the model begins by itself", class: "moving-words", spellcheck: "false", autocomplete: "off" });
      const beginning = html("div", { class: "moving-field" }, html("label", { for: "play-begin" }, "The beginning of a tale"), begin);
      const tale = html("select", { id: "play-tale", class: "moving-words", autocomplete: "off" },
        html("option", { value: "" }, "none"), ...data.tales.map((words, i) => html("option", { value: i }, words)));
      const prepared = html("div", { class: "moving-field" },
        html("label", { for: "play-tale" }, "Or a whole tale, with the true chances beside the model’s"), tale);
      const write = button(`Write · ${data.megabytes} MB`, () => (isWriting ? stop() : writeOn(MOST)));
      const one = button("One token", () => writeOn(1));
      const other = button("Another way from here", () => {
        seed.value = Number(seed.value) + 1;
        writeOn(MOST);
      });
      const back = button("Back to the beginning", () => change(() => {
        ids.length = given;
        at = given - 1;
      }));
      const heat = range("temperature", { min: 0, max: 2, step: 0.1, value: 1, say: (t) => t.toFixed(1) }, redraw);
      const k = range("top-k", { min: 0, max: KS.length - 1, value: KS.length - 1, say: (i) => String(KS[i] || "all") }, redraw);
      const p = range("top-p", { min: 0, max: PS.length - 1, value: PS.length - 1, say: (i) => String(PS[i]) }, redraw);
      const seed = html("input", { id: "play-seed", type: "number", min: 0, max: 999999, value: 0, class: "moving-words", autocomplete: "off" });
      const seeds = html("div", { class: "moving-field play-seed" }, html("label", { for: "play-seed" }, "seed"), seed);
      const hint = html("p", { class: "moving-note" }, "The same seed, from the same place, writes the same story.");
      const sampling = () => ({ temperature: heat.value, k: KS[k.value], p: PS[p.value] });

      // What is being written goes on by the new draws.
      function redraw() {
        if (isWriting) writeOn(MOST);
        else show();
      }

      begin.addEventListener("input", () => {
        tale.value = "";
        change(() => start(begin.value));
      });
      tale.addEventListener("change", () => choose(tale.value));
      seed.addEventListener("change", redraw);

      // --- The story -----------------------------------------------------------------
      const story = html("div", { class: "play-story" });
      const told = html("legend", {}, "");
      const storyBox = html("fieldset", { class: "play-tokens" }, told, story);

      // A chip for each token that the context holds. Nothing is added to the page while the
      // model writes: it would have the browser compute the look of the whole page anew.
      const chips = Array.from({ length: context }, (_, i) => {
        const input = html("input", { type: "radio", name: "play-token", value: i, autocomplete: "off" });
        input.addEventListener("change", () => change(() => (at = i)));
        const words = html("span", {}, "");
        const box = html("label", { hidden: "" }, input, words);
        return { id: null, input, words, box };
      });
      story.append(...chips.map(({ box }) => box));
      let chosen = 0;

      function showStory() {
        chips.forEach((chip, i) => {
          const id = ids[i] ?? null;
          if (chip.id === id) return;
          chip.id = id;
          chip.box.hidden = id === null;
          if (id === null) return;
          chip.box.className = id === 0 ? "is-unknown" : tokens[id] === "\n" ? "is-line-end" : "";
          chip.input.setAttribute("aria-label", `${i + 1}: ${spoken(id)}`);
          put(chip.words, id === 0 ? "\ufffd" : tokens[id].replace("\n", "⏎"));
        });
        chips[chosen].box.classList.remove("is-at");
        chosen = at;
        chips[at].box.classList.add("is-at");
        chips[at].input.checked = true;
        if (document.activeElement?.closest(".play-story [hidden]")) chips[at].input.focus();
        put(told, `The story, ${ids.length} tokens: choose one to see what it sees`);
        if (!isWriting) shadeStory();
      }

      function keepInSight({ offsetTop: top, offsetHeight: height }) {
        const room = story.clientHeight;
        if (top < story.scrollTop) story.scrollTop = top - 3;
        else if (top + height > story.scrollTop + room) story.scrollTop = top + height - room + 3;
      }

      function shadeStory() {
        const shade = shadeBy.value && seen?.reads ? shadeBy.value.split(".") : null;
        ids.forEach((_, i) => {
          const share = shade ? seen.reads[shade[0]][shade[1]][i] ?? 0 : 0;
          chips[i].box.classList.toggle("is-given", i < given);
          chips[i].box.style.setProperty("--share", `${Math.round(55 * share)}%`);
        });
        storyBox.classList.toggle("is-shaded", Boolean(shade));
      }

      // --- What may come next ----------------------------------------------------------
      const bars = Array.from({ length: BARS + MORE }, (_, i) => {
        const parts = ["play-word", "play-chance", "play-truth", "play-hidden"].map((look) => html("span", { class: look }));
        const lengths = ["play-model", "play-grammar"].map((look) => html("span", { class: look }));
        const bar = html("span", { class: "play-track" }, ...lengths);
        const box = html("button", { type: "button", class: "play-bar" }, parts[0], bar, " ", parts[1], " ", parts[2], " ", parts[3]);
        const item = html("li", { hidden: i < BARS ? null : "" }, box);
        const own = { item, box, parts, lengths, id: null };
        box.addEventListener("click", () => isLast() || change(() => {
          leave();
          ids.push(own.id);
          at += 1;
        }));
        return own;
      });
      const nextTitle = html("p", { class: "moving-note", id: "play-next" });
      const next = html("ol", { class: "play-bars", "aria-labelledby": "play-next" }, ...bars.map(({ item }) => item));
      const keys = legend(["f-blue", "the model"], ["f-green", "the grammar"]);

      // The grammar's chances after the chosen token, if a prepared tale begins like this.
      function truth() {
        const known = gpt1.truth?.tales.find((one) => ids.slice(0, at + 1).every((id, i) => one.ids[i] === id));
        return new Map(known?.truth[at] ?? []);
      }

      function showNext() {
        put(nextTitle, seen ? `After ${quoted(ids[at])}, the likeliest tokens. Choose one to go that way.`
          : send ? "The model is reading …" : "Once the model is there, you see here what may come next.");
        next.classList.toggle("is-empty", !seen);
        next.classList.toggle("has-truth", data.tales.length > 0);
        if (!seen) return;
        const right = truth();
        keys.hidden = !right.size;
        const { tokens: kept, chances } = gpt1.candidates(seen.logits, sampling());
        const likeliest = [...(kept.length < BARS ? gpt1.candidates(seen.logits).tokens : kept).subarray(0, BARS)];
        const also = [...right.keys()].filter((id) => !likeliest.includes(id)).slice(0, MORE);
        const rows = [...likeliest, ...also];
        bars.forEach((own, i) => {
          const id = rows[i];
          own.item.hidden = id === undefined;
          if (id === undefined) return;
          own.id = id;
          const place = kept.indexOf(id);
          const chance = place < 0 ? 0 : chances[place];
          put(own.parts[0], marked(id));
          put(own.parts[1], chance ? number(chance) : "cut");
          put(own.parts[2], right.size ? number(right.get(id) ?? 0) : "");
          [chance, right.get(id) ?? 0].forEach((share, i) => own.lengths[i].style.setProperty("--chance", share));
          own.box.classList.toggle("is-cut", !chance);
          own.box.classList.toggle("is-taken", ids[at + 1] === id);
          put(own.parts[3], [...(right.size ? ["the second by the grammar"] : []), ...(ids[at + 1] === id ? ["came next"] : [])].join(", "));
        });
        if (document.activeElement?.closest("[hidden]")) bars[0].box.focus();
      }

      // --- Inside ----------------------------------------------------------------------
      const switches = Array.from({ length: layers }, (_, layer) => Array.from({ length: heads }, (_, head) => {
        const input = html("input", { type: "checkbox", autocomplete: "off" });
        input.checked = true;
        const strip = svg("svg", { class: "play-strip", preserveAspectRatio: "none", "aria-hidden": "true" });
        const words = html("span", { class: "play-reads" });
        const box = html("div", { class: "play-head" },
          html("label", { class: "moving-tick" }, input, html("span", {}, `head ${head}`, html("span", { class: "play-hidden" }, ` of layer ${layer}`))),
          strip, words);
        input.addEventListener("change", () => {
          before = likeliest();
          change(() => (input.checked ? off.delete(`${layer}.${head}`) : off.add(`${layer}.${head}`)));
        });
        return { input, strip, words, box };
      }));
      const allOn = button("All heads on", () => {
        before = likeliest();
        change(() => off.clear());
      });
      const shadeBy = html("select", { id: "play-shade", class: "moving-words", autocomplete: "off" }, html("option", { value: "" }, "nothing"),
        ...switches.flatMap((each, layer) => each.map((_, head) => html("option", { value: `${layer}.${head}` }, name(layer, head)))));
      shadeBy.addEventListener("change", show);
      const shading = html("div", { class: "moving-field" }, html("label", { for: "play-shade" }, "Shade the story by what is read by"), shadeBy);
      const within = html("div", { class: "play-within" }, ...switches.map((each, layer) =>
        html("fieldset", {}, html("legend", {}, `Layer ${layer}`), ...each.map(({ box }) => box))));
      const way = html("table", { class: "moving-table play-way" });

      const likeliest = () => {
        if (!seen) return null;
        const { tokens: [id], chances: [chance] } = gpt1.candidates(seen.logits);
        return { id, chance };
      };

      function showWithin() {
        switches.forEach((each, layer) => each.forEach(({ input, strip, words, box }, head) => {
          input.checked = !off.has(`${layer}.${head}`);
          box.classList.toggle("is-off", !input.checked);
          if (!seen?.reads) return;
          const shares = seen.reads[layer][head];
          const order = [...shares.keys()].sort((a, b) => shares[b] - shares[a]);
          strip.setAttribute("viewBox", `0 0 ${shares.length} 1`);
          strip.replaceChildren(...order.filter((i) => shares[i] > 0.01).map((i) =>
            svg("rect", { x: i, width: 1, height: 1, "fill-opacity": Math.sqrt(shares[i]).toFixed(2) })));
          words.textContent = input.checked ? order.slice(0, 3).filter((i, n) => !n || shares[i] >= 0.05)
            .map((i) => `${marked(ids[i])} ${shares[i].toFixed(2)}`).join(",  ") : "switched off: adds nothing";
        }));
        const time = at + 1;
        const reading = (level) => (seen?.lens ? seen.lens[level].map(([id, chance]) => `${marked(id)} ${chance.toFixed(2)}`).join(",  ") : "");
        const line = (what, shape, lens = "") => html("tr", {}, html("th", { scope: "row" }, what), html("td", {}, shape), html("td", {}, lens));
        way.replaceChildren(
          html("caption", {}, `From ${time} tokens to the next: the shapes on the way, and the lens`),
          html("thead", {}, html("tr", {}, ...["state", "shape", "lens: the next token, read early"].map((words) => html("th", { scope: "col" }, words)))),
          html("tbody", {}, line("ids", `(${time})`), line("embeddings", `(${time}, ${width})`, reading(0)),
            ...switches.flatMap((_, layer) => [
              line(`layer ${layer}: queries, keys, values`, `3 × (${heads}, ${time}, ${width / heads})`),
              line("what heads read", `(${heads}, ${time}, ${time})`),
              line("inside feed-forward", `(${time}, ${inner})`),
              line(`after layer ${layer}`, `(${time}, ${width})`, reading(layer + 1)),
            ]),
            line("logits", `(${time}, ${tokens.length.toLocaleString("en")})`)));
      }

      // --- All of it -------------------------------------------------------------------
      const link = html("a", { href: "#" }, "Link to what you see");

      function address() {
        const state = new URLSearchParams();
        const note = (key, value, usual) => String(value) !== String(usual) && state.set(key, value);
        if (tale.value === "") state.set("begin", begin.value);
        note("tale", tale.value, "");
        note("then", tale.value === "" ? ids.slice(given).map((id) => id.toString(36)).join(".") : "", "");
        note("at", at, ids.length - 1);
        note("temperature", heat.value, 1);
        note("k", KS[k.value], 0);
        note("p", PS[p.value], 1);
        note("seed", seed.value, 0);
        note("off", [...off].sort().join(), "");
        note("shade", shadeBy.value, "");
        return `#${state}`;
      }

      let read = 0;

      function show() {
        showStory();
        const now = performance.now();
        if (!isWriting || now - read > READ) {
          read = now;
          showNext();
        }
        keepInSight(chips[at].box);
        if (isWriting) return;
        showWithin();
        link.href = address();
        say();
      }

      function say() {
        const lost = encode(begin.value).includes(0) && tale.value === ""
          ? " The model has no token for some of these characters and reads all of them as one, “unknown”." : "";
        const cut = isLast() ? ` The ${context} tokens of the context are full: choose an earlier one to go on from.` : "";
        if (!seen) {
          stage.say(html("strong", {}, `${ids.length} tokens. `), `Press “Write” to fetch the model, ${data.megabytes} MB, and to see how the tale goes on.`, lost, cut);
          return;
        }
        const { id, chance } = likeliest();
        const right = truth();
        const due = right.get(id) ?? 0;
        const sure = Math.abs(chance - due) < 0.0005 ? "as sure as" : chance > due ? "surer than" : "less sure than";
        const grammar = right.size ? ` The grammar gives it ${number(due)}: the model is ${sure} the truth.` : "";
        const end = isAtEnd() ? " The tale is at its end. “Back to the beginning” and “Write” bring the same one again, “Another way” from there another." : "";
        const isPlain = heat.value === 1 && !KS[k.value] && PS[p.value] === 1;
        const switched = off.size ? `Off: ${[...off].sort().map((one) => name(...one.split("."))).join("; ")}. ` : "";
        const then = before && gpt1.candidates(seen.logits);
        const fell = before ? `${quoted(before.id)} goes from ${number(before.chance)} to ${number(then.chances[then.tokens.indexOf(before.id)])}. ` : "";
        stage.say(html("strong", {}, switched, fell, `After ${quoted(ids[at])}, ${quoted(id)} is likeliest: ${number(chance)}${isPlain ? "" : ", before temperature, top-k and top-p"}.`), grammar, end, lost, cut);
        before = null;
      }

      // --- The model -------------------------------------------------------------------
      const switchedOff = () => [...off].map((one) => one.split(".").map(Number));

      const isAtEnd = () => at + 1 === ids.length && ids.length > given + END.length && END.every((id, i) => ids.at(i - END.length) === id);
      const isLast = () => at + 1 === context;

      // Forget what comes after the chosen token. A beginning that is left early is a new one.
      function leave() {
        ids.length = at + 1;
        if (given > ids.length) {
          given = ids.length;
          begin.value = decode(ids.slice(END.length));
        }
        tale.value = "";
      }

      // Change the state: what was being written ends, and the model looks anew.
      function change(how) {
        if (isWriting) ended();
        how();
        seen = send ? seen : null;
        if (send) look();
        else show();
      }

      function look() {
        if (ids.length) send({ kind: "look", ids: ids.slice(0, at + 1), off: switchedOff() });
        showStory();
      }

      // Fetch the model, once; tell whether it is there.
      function wake() {
        waking ??= (async () => {
          write.box.textContent = "The model is coming …";
          try {
            send = await brain.wake(data.files, hear);
            return true;
          } catch (error) {
            waking = null;
            stage.say(html("strong", {}, `${error.message}. `), "Look whether you are connected, then press the button again.");
            return false;
          } finally {
            write.box.textContent = send ? "Write" : `Write · ${data.megabytes} MB`;
          }
        })();
        return waking;
      }

      async function writeOn(most) {
        if (!(await wake())) return;
        if (isLast()) {
          change(() => {});
          return;
        }
        leave();
        isWriting = true;
        write.box.textContent = "Stop";
        send({ kind: "write", ids, off: switchedOff(), seed: Number(seed.value) || 0, sampling: sampling(), most, end: END, pace: calm.matches ? 0 : PACE });
        showStory();
      }

      function ended() {
        isWriting = false;
        write.box.textContent = "Write";
      }

      function stop() {
        ended();
        send({ kind: "stop" });
        look();
      }

      let frame = 0;
      function hear(answer) {
        if (answer.kind === "failed") {
          stage.say(html("strong", {}, "The model stopped: "), answer.why);
        } else if (answer.kind === "seen") {
          seen = answer;
          show();
        } else if (answer.kind === "token") {
          ids.push(answer.id);
          at = ids.length - 1;
          seen = answer;
          if (!calm.matches) frame ||= requestAnimationFrame(() => {
            frame = 0;
            show();
          });
        } else if (answer.kind === "written") {
          ended();
          look();
        }
      }

      // --- Where a story begins ----------------------------------------------------------
      function start(text) {
        ids = [...END, ...encode(text)].slice(0, context);
        given = ids.length;
        at = given - 1;
      }

      async function choose(value) {
        tale.value = value;
        if (tale.value === "") change(() => start(begin.value));
        else if (await wake()) change(() => {
          ids = [...gpt1.truth.tales[tale.value].ids].slice(0, context);
          given = ids.length;
          at = END.length;
          begin.value = decode(ids).trim();
        });
      }

      // The state that an address asks for; what it does not name is as usual.
      async function arrive() {
        const asked = new URLSearchParams(location.hash.slice(1));
        if (!location.hash.includes("=")) return;
        const from = (values, value) => Math.max(0, values.indexOf(Number(value)));
        const whole = (key, usual, most) => Math.min(Math.max(Math.trunc(Number(asked.get(key) ?? usual)) || 0, 0), most);
        heat.value = asked.get("temperature") ?? 1;
        k.value = from(KS, asked.get("k") ?? 0);
        p.value = from(PS, asked.get("p") ?? 1);
        seed.value = whole("seed", 0, 999999);
        shadeBy.value = asked.get("shade") ?? "";
        if (shadeBy.selectedIndex < 0) shadeBy.value = "";
        off.clear();
        const there = switches.flatMap((each, layer) => each.map((_, head) => `${layer}.${head}`));
        (asked.get("off") ?? "").split(",").filter((one) => there.includes(one)).forEach((one) => off.add(one));
        if (asked.has("begin")) begin.value = asked.get("begin");
        if (data.tales[asked.get("tale")]) await choose(asked.get("tale"));
        else {
          tale.value = "";
          start(begin.value);
          const more = (asked.get("then") ?? "").split(".").map((id) => parseInt(id, 36));
          ids = [...ids, ...more.filter((id) => id >= 0 && id < tokens.length)].slice(0, context);
        }
        at = whole("at", ids.length - 1, ids.length - 1);
        if (!(await wake())) return;
        if (asked.has("write")) writeOn(whole("write", 0, MOST));
        else change(() => {});
      }

      stage.classList.add("play");
      script.parentElement.classList.add("is-moving");
      prepared.hidden = !data.tales.length;
      stage.append(beginning, prepared, row(write, one, other, back), row(heat, k, p, seeds), hint,
        storyBox, html("div", { class: "play-next" }, nextTitle, keys, next),
        html("div", { class: "play-inside" }, row(shading, allOn), within, way),
        html("p", { class: "moving-note play-link" }, link));
      begin.value = data.begin;
      start(begin.value);
      show();
      arrive();
      stage.tabIndex = -1;
      addEventListener("hashchange", () => {
        arrive();
        stage.scrollIntoView();
        stage.focus({ preventScroll: true });
      });
    },
  });
}
