// How the search ranks what it finds: what is called so, names and headings, then text.
var Scorer = {
  asked: new URLSearchParams(window.location.search).get("q") ?? "",
  score: ([page, title, anchor, description, score]) => {
    const plain = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
    const asked = plain(Scorer.asked);
    // "5. The block > LayerNorm" and "(B5) LayerNorm" are called LayerNorm.
    const name = plain(title.replace(/^\d+\. |^.* > |^\([A-Z]\d+\) /, ""));
    const isPage = !anchor && !description;
    let found = isPage ? Math.min(score, 20) : score;
    if (name === asked) found += isPage ? 60 : 30;
    else if (name.startsWith(asked) || plain(title).startsWith(asked)) found += 5;
    else if (name.includes(asked)) found += 3;
    // The package's reference and the notes on how the book is made come later.
    return /^book\/(api|how-checked|benchmarks)/.test(page) ? found - 3 : found;
  },
  title: 30,
  partialTitle: 7,
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  term: 5,
  partialTerm: 2,
};

// A page that was opened as a file may not read the others, so it shows no extracts.
if (window.location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}

Documentation.TRANSLATIONS[
  "Search finished, found ${resultCount} page(s) matching the search query."
] = "${resultCount} places found.";

// An extract is what the page says: no contents, no drawing, no code of a formula.
document.addEventListener("DOMContentLoaded", () => {
  const toText = Search.htmlToText;
  const plain = (math) => math.replace(/\\[()[\]]/g, "").trim();
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    const extras = [".bd-header-article", "#jb-print-docs-body", ".chapter-part"];
    extras.push(".chapter-strip", ".bd-article h1", "svg");
    page.querySelectorAll(extras.join()).forEach((part) => part.remove());
    page.querySelectorAll(".math").forEach((part) => {
      const math = plain(part.textContent);
      part.textContent = /[\\{}]/.test(math) ? "…" : math;
    });
    return toText(page.documentElement.outerHTML, anchor);
  };
});
