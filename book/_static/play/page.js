// The page on which the shipped model writes: a beginning, the story, what may come next
// and what is inside, which other files show, and what is said of them here. The model is
// in engine.js, in a worker where the browser allows one.
{
  const { html, button, row } = moving;
  const PACE = 30; // milliseconds for a token, so that the eye can follow
  const READ = 150; // and for the bars, which nobody reads faster

  moving.figure("play", {
    title: "Play with the model",

    make(stage, data, script) {
      const { tokens, encode, decode } = gpt1.makeTokenizer(data.tokenizer);
      const { quoted } = play.wording(tokens);
      const { context } = data.config;
      const calm = matchMedia("(prefers-reduced-motion: reduce)");

      const tale = play.makeTale({ encode, decode, context });
      const off = new Set();
      let seen = null; // what the model said of the chosen token
      let before = null; // the likeliest token and its chance, before a head was switched
      let former = null; // what the last step took away
      let news = ""; // and how that is said
      let isWriting = false;
      let asked = 0; // how many tokens were asked for
      let how = ""; // and how they are drawn
      let send = null;
      let waking = null;

      // --- Controls ------------------------------------------------------------------
      const begin = html("textarea", { id: "play-begin", rows: 2, placeholder: "Empty: the model begins by itself", class: "moving-words", spellcheck: "false", autocomplete: "off" });
      const beginning = html("div", { class: "moving-field" }, html("label", { for: "play-begin" }, "The beginning of a tale"), begin);
      const tales = html("select", { id: "play-tale", class: "moving-words", autocomplete: "off" },
        html("option", { value: "" }, "none"), ...data.tales.map((words, i) => html("option", { value: i }, words)));
      const prepared = html("div", { class: "moving-field" },
        html("label", { for: "play-tale" }, "Or a whole tale by the grammar, with its true chances beside the model’s"), tales);
      // Two that do the same: above the story, and where bars and heads are.
      const writes = [0, 1].map(() => button("", () => (isWriting ? stop() : writeOn(context))));
      const one = button("One token", () => writeOn(1));
      const other = button("Another way from here", () => writeOn(context, true));
      const back = button("Back to the beginning", () => change(() => {
        const was = copy();
        tale.back();
        remember(was);
      }));
      const undo = button("Undo", () => change(() => {
        const now = copy();
        tale.restore(former);
        draws.seed = former.seed;
        former = now;
        news = " What was there before is back. “Undo” once more takes this back.";
      }));
      const allOn = button("All heads on", () => {
        before = likeliest();
        change(() => off.clear());
      });
      const draws = play.makeDraws(redraw);
      // How a token is drawn now: in the same place, the same way leads to the same one.
      const way = () => `${draws.name} without ${[...off].sort()}`;

      // What is being written goes on by the new draws.
      function redraw() {
        if (isWriting) writeOn(context);
        else show();
      }

      function label() {
        const again = draws.isGreedy ? "Write again" : "Write another";
        const first = waking ? "The model is coming …" : `Write · ${data.megabytes} MB`;
        const words = !send ? first : isWriting ? "Stop" : tale.isWritten ? again : "Write";
        writes.forEach(({ box }) => play.put(box, words));
        writes[1].box.hidden = !send;
        undo.box.hidden = !former;
        allOn.box.hidden = !off.size && document.activeElement !== allOn.box;
      }

      begin.addEventListener("input", () => change(() => {
        const was = copy();
        tale.start(begin.value);
        remember(was, was.given);
      }));
      tales.addEventListener("change", () => choose(tales.value));

      // --- What is shown -----------------------------------------------------------------
      const story = play.makeStory({ tokens, context, choose: (i) => change(() => (tale.at = i)) });
      const next = play.makeNext({ tokens, hasTruth: data.tales.length > 0, take: (id) => tale.isFull || change(() => {
        const was = copy();
        tale.leave();
        remember(was);
        tale.add(id);
      }) });
      const heads = play.makeHeads({
        tokens,
        config: data.config,
        switched(name, isOn) {
          before = likeliest();
          change(() => (isOn ? off.delete(name) : off.add(name)));
        },
        shaded() {
          if (isWriting) return;
          news = heads.shading.value ? ` The story is shaded by what ${named(heads.shading.value)} reads.` : "";
          shade();
          link.href = address();
          say();
        },
      });
      const named = (name) => play.head(...name.split("."));
      const link = html("a", { href: "#" }, "Link to what you see");

      // The grammar's chances after the chosen token, if a prepared tale begins like this.
      function truth() {
        const { ids, at } = tale;
        const known = gpt1.truth?.tales.find((one) => ids.slice(0, at + 1).every((id, i) => one.ids[i] === id));
        return new Map(known?.truth[at] ?? []);
      }

      const likeliest = () => {
        if (!seen) return null;
        const { tokens: [id], chances: [chance] } = gpt1.candidates(seen.logits, draws.sampling);
        return { id, chance };
      };

      function shade() {
        const [layer, head] = heads.shading.value.split(".");
        story.shade(tale.given, heads.shading.value && seen?.reads ? seen.reads[layer][head] : null);
      }

      let read = 0;

      function show() {
        const { ids, at } = tale;
        story.show(ids, at);
        if (!isWriting) shade();
        const now = performance.now();
        if (!isWriting || now - read > READ) {
          read = now;
          next.show({ seen, isThere: Boolean(send), ids, at, truth: truth(), sampling: draws.sampling });
        }
        story.keepInSight();
        if (isWriting) return;
        heads.show({ seen, at, off, ids });
        label();
        link.href = address();
        say();
      }

      function say() {
        const { ids, at } = tale;
        const lost = encode(begin.value).includes(0) && tale.number === ""
          ? " The model has no token for some of these characters and reads all of them as one, “unknown”." : "";
        const cut = tale.isFull && !tale.isEnd ? ` The ${context} tokens of the context are full, so the story stops here: choose an earlier one to go on from.` : "";
        if (!seen) {
          stage.say(html("strong", {}, `${ids.length} tokens. `), waking ? "The model is coming …" : `Press “Write” to fetch the model, ${data.megabytes} MB, and to see how the tale goes on.`, lost, cut);
          return;
        }
        const { id, chance } = likeliest();
        const right = truth();
        const moved = play.settings(draws.sampling);
        const who = `the model${off.size ? ` without ${off.size === 1 ? "this head" : "these heads"}` : ""}${moved ? ", so set," : ""}`;
        const grammar = right.size ? play.verdict(chance, right.get(id) ?? 0, who) : "";
        const switched = off.size ? `Off: ${[...off].sort().map(named).join("; ")}. ` : "";
        const then = before && gpt1.candidates(seen.logits, draws.sampling);
        const fell = before ? `${quoted(before.id)} goes from ${play.number(before.chance)} to ${play.number(then.chances[then.tokens.indexOf(before.id)] ?? 0)}. ` : "";
        const after = `After ${quoted(ids[at])}, ${quoted(id)} is likeliest: ${play.number(chance)}${moved && ` with ${moved}`}.`;
        stage.say(html("strong", {}, switched, fell, after), grammar, ending(), lost, cut, news);
        before = null;
      }

      // What there is to say at the end of a tale. The same one comes again only if all of
      // it was drawn as the next one would be.
      function ending() {
        if (tale.isPrepared) return " The tale is at its end: “Write” goes on with a new one.";
        if (!tale.isWritten) return "";
        const again = tale.isDrawn(way()) ? " “Back to the beginning” and “Write” bring the same one again." : "";
        const another = draws.isGreedy ? "“Write again” begins it anew, and leaves nothing to chance." : `“Write another” begins a new one, with seed ${draws.seed + 1}.`;
        return ` The tale is at its end.${again} ${another}`;
      }

      function address() {
        const state = new URLSearchParams();
        const note = (key, value, usual) => String(value) !== String(usual) && state.set(key, value);
        const { ids, given, at, number } = tale;
        if (number === "") state.set("begin", begin.value);
        note("tale", number, "");
        note("then", number === "" ? ids.slice(given).map((id) => id.toString(36)).join(".") : "", "");
        note("at", at, ids.length - 1);
        draws.note(note);
        note("off", [...off].sort().join(), "");
        note("shade", heads.shading.value, "");
        return `#${state}`;
      }

      // --- Steps, and the way back -----------------------------------------------------
      const copy = () => ({ ...tale.copy(), seed: draws.seed });

      // Say what a step has taken away of all but the first tokens, and keep it.
      function remember(was, kept = tale.ids.length) {
        const lost = was.ids.length - kept;
        const said = [
          ...(lost > 0 ? [`${play.several(lost, "token")} dropped`] : []),
          ...(was.number && !tale.number ? ["the grammar’s tale left"] : []),
          ...(was.seed !== draws.seed ? [`the seed is now ${draws.seed}`] : []),
        ];
        if (!said.length) return;
        former = was;
        news = ` ${play.list(said).replace(/^./, (first) => first.toUpperCase())}; “Undo” takes that back.`;
      }

      // The fields say where the story comes from.
      function fill() {
        if (begin.value !== tale.typed) begin.value = tale.typed;
        tales.value = tale.number;
      }

      // Change the state: what was being written ends, and the model looks anew.
      function change(step) {
        isWriting = false;
        news = "";
        step();
        fill();
        seen = send ? seen : null;
        if (send) look();
        else show();
      }

      // --- The model -------------------------------------------------------------------
      const switchedOff = () => [...off].map((one) => one.split(".").map(Number));

      function look() {
        send({ kind: "look", ids: tale.ids.slice(0, tale.at + 1), off: switchedOff() });
        story.show(tale.ids, tale.at);
        label();
      }

      // Fetch the model, once; tell whether it is there.
      function wake() {
        waking ??= brain.wake(data.files, hear).then((found) => {
          send = found;
          return true;
        }, (error) => {
          waking = null;
          stage.say(html("strong", {}, `${error.message}. `), "Look whether you are connected, then press the button again.");
          return false;
        }).finally(label);
        label();
        if (!send) say();
        return waking;
      }

      // Write on from the chosen token; after the end of a tale, write one anew.
      async function writeOn(most, isOther = false) {
        if (!(await wake())) return;
        const was = copy();
        const isAnew = most > 1 && tale.isWritten;
        if (isAnew) tale.back();
        else if (tale.isFull) return change(() => {});
        if ((isOther || isAnew) && !draws.isGreedy) draws.seed += 1;
        if (!isWriting) news = "";
        tale.leave();
        fill();
        remember(was);
        if (isOther && draws.isGreedy) news += " Nothing is left to chance, so there is no other way.";
        if (most > 1 && !isWriting) stage.say(html("strong", {}, `Writing on after ${quoted(tale.ids[tale.at])} …`), news);
        isWriting = true;
        asked = most;
        how = way();
        send({ kind: "write", ids: tale.ids, off: switchedOff(), seed: draws.seed, sampling: draws.sampling, most, end: tale.END, pace: calm.matches ? 0 : PACE });
        story.show(tale.ids, tale.at);
        story.shade(tale.given, null);
        label();
      }

      function stop() {
        isWriting = false;
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
          tale.add(answer.id, how);
          seen = answer;
          if (!calm.matches) frame ||= requestAnimationFrame(() => {
            frame = 0;
            show();
          });
        } else if (answer.kind === "written") {
          isWriting = false;
          if (asked > 1 && !answer.isEnd && !answer.isFull) news += ` It stops after the ${asked} tokens that were asked for; “Write” goes on.`;
          look();
        }
      }

      // --- Where a story begins ----------------------------------------------------------
      async function choose(number) {
        if (number !== "" && !(await wake())) return fill();
        change(() => {
          const was = copy();
          if (number === "") tale.start(begin.value);
          else tale.prepare(gpt1.truth.tales[number].ids, number);
          remember(was, was.given);
        });
      }

      // The state that an address asks for; what it does not name is as usual.
      async function arrive() {
        thing.show();
        const asked = new URLSearchParams(location.hash.slice(1));
        const whole = (key, usual, most) => Math.min(Math.max(Math.trunc(Number(asked.get(key) ?? usual)) || 0, 0), most);
        draws.read(asked);
        heads.shading.value = asked.get("shade") ?? "";
        if (heads.shading.selectedIndex < 0) heads.shading.value = "";
        off.clear();
        (asked.get("off") ?? "").split(",").filter((one) => heads.names.includes(one)).forEach((one) => off.add(one));
        if (data.tales[asked.get("tale")]) await choose(asked.get("tale"));
        else {
          const then = (asked.get("then") ?? "").split(".").map((id) => parseInt(id, 36));
          tale.start(asked.get("begin") ?? begin.value, then.filter((id) => id >= 0 && id < tokens.length));
        }
        fill();
        tale.at = whole("at", tale.ids.length - 1, tale.ids.length - 1);
        former = null;
        if (!send) show();
        if (!(await wake())) return;
        if (asked.has("write")) writeOn(whole("write", 0, context));
        else change(() => {});
      }

      // Places of the page have addresses, too, and are the browser's to go to.
      const isState = () => location.hash.includes("=");
      function visit() {
        if (!isState()) return;
        arrive();
        stage.scrollIntoView();
        stage.focus({ preventScroll: true });
      }

      const thing = play.makeThing(() => stage.focus({ preventScroll: true }));
      const doing = html("div", { class: "play-doing" }, thing.box, stage.says, row(writes[1], undo, allOn));
      stage.classList.add("play");
      stage.tabIndex = -1;
      script.parentElement.classList.add("is-moving");
      prepared.hidden = !data.tales.length;
      stage.append(beginning, prepared, row(writes[0], one, other, back), story.box, doing, draws.box, next.box,
        heads.box, html("p", { class: "moving-note play-link" }, link));
      tale.start(data.begin);
      fill();
      show();
      if (isState()) arrive();
      addEventListener("hashchange", visit);
      // A link to the state that one came from changes no address.
      document.addEventListener("click", ({ target }) => target.closest("a")?.href === location.href && visit());
    },
  });
}
