// The search: finds places in the book and shows what they say, from one file that is
// loaded when something is asked. `book/_ext/links/search_index.py` writes that file.
const BookSearch = (() => {
  const MOST = 60;
  const KIND = {
    term: ["term", 12], page: ["", 8], section: ["", 4], built: ["built here", 3],
    equation: ["equation", 2], figure: ["", 2], paper: ["", 1], symbol: ["symbol", 0],
    api: ["in the package", -3],
  };
  // How the book is made comes after what it says.
  const LATER = /^book\/(how-checked|benchmarks|command-line)/;
  let index;

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (text) => fold(text).match(/[\p{L}\p{N}]+(?:\.\p{N}+)*/gu) ?? [];
  // Words that say nothing alone need not be where the others are.
  const SMALL = new Set(
    words(`a an and are as by can do does for from how i in is it of on or that the this
      to what when why with`)
  );
  const stem = (word) =>
    word.length < 4 ? word : word.replace(/(?<=ch|sh|x|ss)es$|(?<!s)s$/, "");
  const spaced = (list) => ` ${list.join(" ")} `;

  // Each entry gets what it is called: "(A7) attention" is called A7 and attention.
  function prepare({ kinds, pages, entries, synonyms }) {
    const prepared = entries.map(([page, kind, title, anchor, text]) => {
      const called = [title, title.replace(/^\d+\. |^\([A-Z]\d+\) |^gpt1\.(\w+\.)*/, "")];
      const number = title.match(/^\(([A-Z]\d+)\)/)?.[1];
      if (number) called.push(number, `equation ${title}`);
      const [label, worth] = KIND[kinds[kind]];
      return {
        kind: kinds[kind], label, title, text, called: called.map(words),
        worth: worth - (LATER.test(pages[page][0]) ? 8 : 0),
        page: pages[page][1], address: pages[page][0] + ".html", anchor,
        said: spaced(words(`${label} ${title} ${pages[page][1]} ${text}`)),
      };
    });
    return { entries: prepared, synonyms };
  }

  // The ways to say what is asked: as it is, in one word, in several, by other words.
  function forms(asked) {
    const plain = words(asked);
    const apart = words(asked.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, " "));
    const found = [plain, apart];
    if (plain.length === 2 && plain.join("").length > 5) found.push([plain.join("")]);
    for (const [from, into] of Object.entries(index.synonyms)) {
      const said = spaced(words(from));
      if (spaced(plain).includes(said)) {
        for (const other of into) {
          found.push(words(spaced(plain).replace(said, spaced(words(other)))));
        }
      }
    }
    return [...new Map(found.filter((f) => f.length).map((f) => [f.join(" "), f])).values()];
  }

  function named(called, form) {
    const one = called.map(stem).join(""), other = form.map(stem).join("");
    if (one === other) return 100;
    const name = spaced(called), phrase = form.join(" ");
    if (name.startsWith(` ${phrase} `)) return 55;
    if (name.startsWith(` ${phrase}`)) return 45;
    if (name.includes(` ${phrase} `)) return 38;
    const stems = form.map(stem);
    if (name.includes(` ${stems.join(" ")}`)) return 35;
    return stems.every((word) => name.includes(` ${word}`)) ? 25 : 0;
  }

  function score(entry, form) {
    const stems = form.map(stem);
    const name = Math.max(...entry.called.map((called) => named(called, form)));
    const exact = name === 100 ? { term: 40, page: 30 }[entry.kind] ?? 0 : 0;
    if (name) return name + exact + entry.worth;
    const large = form.filter((word) => !SMALL.has(word)).map(stem);
    const wanted = large.length ? large : stems;
    if (!wanted.every((word) => entry.said.includes(` ${word}`))) return 0;
    const phrase = entry.said.split(` ${stems.join(" ")}`).length - 1;
    return Math.max(0.5, (phrase ? 12 + Math.min(phrase, 5) : 5) + entry.worth);
  }

  function find(asked) {
    const ways = forms(asked);
    const found = [];
    for (const entry of index.entries) {
      // What was typed counts a little more than other words for it.
      const each = ways.map((form, i) => score(entry, form) - (i && 0.25));
      const best = Math.max(...each);
      if (best > 0) found.push({ ...entry, score: best, form: ways[each.indexOf(best)] });
    }
    found.sort((a, b) => b.score - a.score || a.said.length - b.said.length);
    return found;
  }

  const pattern = (word) => `(?<![\\p{L}\\p{N}])${stem(word).replace(".", "\\.")}[\\p{L}\\p{N}]*`;

  // A piece of the text around what was asked, or else around the first word of it; and
  // the words that stand there.
  function excerpt(text, form) {
    const low = fold(text).length === text.length ? fold(text) : text.toLowerCase();
    const all = form.map(pattern);
    const found =
      low.match(new RegExp(all.join("[^\\p{L}\\p{N}.]{1,2}"), "u")) ??
      low.match(new RegExp(form.filter((w) => !SMALL.has(w)).map(pattern).join("|") || "$^", "u"));
    if (!found) return [cut(text, 0), null];
    const { index: at, 0: { length } } = found;
    return [cut(text, at), text.slice(at, at + length)];
  }

  function cut(text, at) {
    const from = at < 90 ? 0 : text.indexOf(" ", at - 80) + 1;
    const to = text.length < from + 230 ? text.length : text.lastIndexOf(" ", from + 220);
    return `${from ? "… " : ""}${text.slice(from, to)}${to < text.length ? " …" : ""}`;
  }

  function marked(text, form) {
    const large = form.filter((word) => !SMALL.has(word));
    const any = (large.length ? large : form).map(pattern).join("|");
    const parts = text.split(new RegExp(`(${any})`, "iu"));
    return parts.map((part, i) => {
      if (i % 2 === 0) return part;
      const mark = document.createElement("mark");
      mark.textContent = part;
      return mark;
    });
  }

  function item({ title, page, label, kind, address, anchor, text, form }) {
    const [said, word] = excerpt(text, form);
    const li = document.createElement("li");
    const link = document.createElement("a");
    // A browser that knows how scrolls to the word and marks it.
    const inText = word && ["page", "section"].includes(kind);
    const there = inText ? `:~:text=${encodeURIComponent(word).replace(/-/g, "%2D")}` : "";
    link.href = address + (anchor || there ? `#${anchor}${there}` : "");
    link.textContent = title;
    li.append(link);
    if (kind !== "page") {
      const where = document.createElement("span");
      where.textContent = `${label ? `${label}, ` : ""}in ${page}`;
      li.append(where);
    }
    if (said) {
      const context = document.createElement("p");
      context.className = "context";
      context.append(...marked(said, form));
      li.append(context);
    }
    return li;
  }

  function show(asked, box) {
    const found = find(asked);
    const summary = document.createElement("p");
    summary.className = "search-summary";
    summary.setAttribute("role", "status");
    const count = found.length === 1 ? "1 place" : `${found.length} places`;
    const most = found.length > MOST ? `; the best ${MOST} are shown` : "";
    summary.textContent = found.length
      ? `${count} found${most}.`
      : "Nothing found. Fewer words, or the start of a word, find more.";
    const list = document.createElement("ul");
    list.className = "search";
    list.append(...found.slice(0, MOST).map(item));
    box.replaceChildren(summary, list);
  }

  function load(address, then) {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => {
      index = prepare(window.bookIndex);
      delete window.bookIndex;
      then();
    });
    document.head.append(script);
  }

  document.addEventListener("DOMContentLoaded", () => {
    const box = document.querySelector("[data-search-index]");
    const asked = new URLSearchParams(window.location.search).get("q")?.trim();
    if (!box) return;
    const field = document.querySelector(".bd-search-container input[type=search]");
    field?.focus();
    if (!asked) return;
    if (field) field.value = asked;
    load(box.dataset.searchIndex, () => show(asked, box));
  });

  return { find: (asked) => find(asked) };
})();
