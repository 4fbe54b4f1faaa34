// How the page to play with writes tokens, chances, heads and settings.
const play = (() => {
  const ABOUT = 0.02; // a smaller difference of chances says nothing

  const number = (value) => (value > 0 && value < 0.001 ? "< 0.001" : value.toFixed(3));
  const list = (some) => some.join(", ").replace(/, ([^,]*)$/, " and $1");
  const several = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
  const head = (layer, number) => `layer ${layer}, head ${number}`;

  function put(element, words) {
    const text = element.firstChild ?? element.appendChild(new Text());
    if (text.data !== words) text.data = words;
  }

  // A token for the eye, for the ear, and in a sentence.
  function wording(tokens) {
    const marked = (id) => (id ? tokens[id] : "\ufffd").replaceAll(" ", "␣").replaceAll("\n", "⏎");
    const spoken = (id) => (id ? tokens[id].replace("\n", "line end").trim() || "space" : "unknown");
    return { marked, spoken, quoted: (id) => `“${marked(id)}”` };
  }

  // The sliders that are not where they were.
  const settings = ({ temperature, k, p }) => list([
    ...(temperature === 1 ? [] : [`temperature ${temperature.toFixed(1)}`]),
    ...(k ? [`top-k ${k}`] : []), ...(p === 1 ? [] : [`top-p ${p}`]),
  ]);

  // What the grammar says of a chance, which is somebody's.
  function verdict(chance, due, who) {
    const sure = Math.abs(chance - due) < ABOUT ? "about as sure as" : chance > due ? "surer than" : "less sure than";
    return ` The grammar gives it ${number(due)}: ${who} is ${sure} the truth.`;
  }

  return { number, list, several, head, put, wording, settings, verdict };
})();
