// One of the "things to try": its text stands beside bars and heads, for as long as the
// page's address is the one that it leads to, and its reader wants it.
play.makeThing = (putAway) => {
  const { html, button } = moving;
  const name = html("summary");
  const words = html("div");
  const away = button("Put this away", () => {
    box.hidden = true;
    putAway();
  });
  const box = html("details", { class: "play-thing", hidden: "" }, name, words, away.box);

  function show() {
    const link = [...document.querySelectorAll("article li strong a")].find(({ href }) => href === location.href);
    box.hidden = !link;
    if (!link) return;
    const text = link.closest("p").cloneNode(true);
    text.querySelector("strong").remove();
    name.textContent = `To try: ${link.textContent}`;
    words.replaceChildren(text);
    box.open = matchMedia("(min-width: 601px)").matches;
  }

  return { box, show };
};
