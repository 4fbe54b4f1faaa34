// The story on the welcome page. The first one was written when the book was made, stands
// in the page, and is shown token by token, unless its reader wants nothing to move. The
// model comes when somebody asks for another story.
{
  const PACE = 45; // milliseconds for a token
  const CONTEXT = 384; // tokens
  const END = 2; // tokens: the empty line before each story, and after it
  const live = document.querySelector(".live");
  const box = live.querySelector(".live-story");
  const says = live.querySelector(".live-says p");
  const link = live.querySelector("a");
  const [another, pause] = live.querySelectorAll("button");
  const data = JSON.parse(live.querySelector("script").textContent);
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  // An element for each token that the context holds. What is not told yet is laid out,
  // unseen: so no word jumps to the next line, and nothing is added while it moves.
  const page = document.createElement("p"); // scrolls, where the story is longer
  const parts = Array.from({ length: CONTEXT }, () => document.createElement("span"));
  parts.forEach((part) => part.append(new Text()));
  page.append(...parts);
  page.className = "live-page";
  page.setAttribute("role", "group");
  page.setAttribute("aria-label", "The story");

  let { ids, pieces, seed } = data; // the empty lines are in `ids` only
  let isWhole = true; // the model has written all of it
  let isNew = false; // nobody has been told that it is there
  let shown = 0; // pieces
  let isMoving = false;
  let isFollowed = true; // the page scrolls with what is told, until its reader scrolls
  let due = 0; // when the next piece is told
  let frame = 0;
  let fresh = 0; // a frame in which new pieces will be put in their places
  let model = null; // its tokens, and what sends it messages
  let isWaking = false;

  const isTold = () => isWhole && shown === pieces.length;

  // As it is printed: with quotation marks that open and close, and paragraphs.
  const printed = (text) => text.replace(/(^|\s)"/g, "$1“").replaceAll('"', "”").replaceAll("'", "’");

  // Put the pieces in their places; those that are there already stay untouched.
  function set() {
    const whole = printed(pieces.join(""));
    let start = 0;
    parts.forEach(({ firstChild: text }, i) => {
      const end = start + (pieces[i] ?? "").length;
      const words = whole.slice(start, end).replaceAll("\n", "\n\u2003");
      if (text.data !== words) text.data = words;
      start = end;
    });
  }

  function tell(count) {
    parts.slice(Math.min(shown, count), Math.max(shown, count))
      .forEach((part) => part.classList.toggle("is-told", count > shown));
    parts[shown - 1]?.classList.remove("is-last");
    shown = count;
    const last = parts[shown - 1];
    last?.classList.add("is-last");
    if (!last || !isFollowed) return;
    const below = last.getBoundingClientRect().bottom - page.getBoundingClientRect().bottom;
    if (below > 0) page.scrollTop += Math.ceil(below);
  }

  // What the button does next, what the link leads to, whether the page scrolls.
  function name() {
    box.classList.toggle("is-writing", isMoving);
    pause.textContent = isMoving ? "Stop" : isTold() ? "Again" : "Go on";
    page.tabIndex = page.scrollHeight > page.clientHeight ? 0 : -1;
    const then = ids.slice(END).map((id) => id.toString(36)).join(".");
    const state = isWhole ? { then, at: END - 1 } : { write: 300 };
    link.hash = new URLSearchParams({ begin: "", seed, ...state });
  }

  function go() {
    isMoving = isFollowed = true;
    if (shown === 0) page.scrollTop = 0;
    name();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(move);
  }

  function move(now) {
    if (!isMoving) return;
    if (isTold()) return halt();
    if (now >= due && shown < pieces.length) {
      due = Math.max(due + PACE, now);
      tell(shown + 1);
    }
    frame = requestAnimationFrame(move);
  }

  function halt() {
    isMoving = false;
    name();
    if (!isNew || !isTold()) return;
    isNew = false;
    says.textContent = `Your browser wrote this, with seed ${seed}. Perhaps nobody has read it before you.`;
    box.setAttribute("aria-live", "polite"); // it is read out now, as a whole
    parts[0].replaceChildren(parts[0].firstChild);
  }

  function begin() {
    [ids, pieces, seed] = [ids.slice(0, END), [], Math.floor(1e6 * Math.random())];
    [isWhole, isNew] = [false, true];
    says.textContent = `Your browser is writing this, with seed ${seed}.`;
    box.setAttribute("aria-live", "off");
    tell(0);
    set();
    box.replaceChildren(page);
    model.send({ kind: "write", ids, off: [], seed, sampling: {}, most: CONTEXT, end: ids, pace: 0 });
    if (isCalm) name();
    else go();
  }

  function hear(answer) {
    if (answer.kind === "token") {
      ids.push(answer.id);
      pieces.push(model.tokens[answer.id]);
      fresh ||= requestAnimationFrame(() => {
        fresh = 0;
        set();
      });
    } else if (answer.kind === "written") {
      while (pieces.at(-1) === "\n") pieces.pop();
      isWhole = true;
      set();
      if (!isCalm) return;
      tell(pieces.length);
      halt();
    } else if (answer.kind === "failed") says.textContent = `The model stopped: ${answer.why}`;
  }

  async function wake() {
    isWaking = true;
    says.textContent = `The model is coming, ${data.megabytes} MB …`;
    try {
      const send = await brain.wake(data.files, hear);
      model = { send, tokens: gpt1.makeTokenizer(gpt1.tokenizer).tokens };
      another.textContent = "Write another";
    } catch (error) {
      says.textContent = `${error.message}. Look whether you are connected, then press the button again.`;
    }
    isWaking = false;
  }

  another.addEventListener("click", async () => {
    if (isWaking) return;
    if (!model) await wake();
    if (model) begin();
  });
  pause.addEventListener("click", () => {
    if (isMoving) return halt();
    if (isTold()) tell(0);
    go();
  });
  for (const kind of ["wheel", "touchmove", "keydown"]) {
    page.addEventListener(kind, () => (isFollowed = false), { passive: true });
  }
  page.addEventListener("scroll", () => page.classList.toggle("is-scrolled", page.scrollTop > 0));
  addEventListener("resize", name);

  says.setAttribute("role", "status");
  box.setAttribute("aria-live", "off");
  box.setAttribute("aria-atomic", "true");
  pause.hidden = isCalm;
  set();
  // After the theme's script, which sets up the page: measuring would lay it out before.
  addEventListener("DOMContentLoaded", () => {
    if (!isCalm) {
      box.replaceChildren(page);
      return go();
    }
    tell(pieces.length);
    name();
  });
}
