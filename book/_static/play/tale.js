// The story on the page to play with: its tokens, how many of them were given, how the
// others were drawn, and which one is chosen.
play.makeTale = ({ encode, decode, context }) => {
  const END = encode("\n\n"); // stands before each tale and after it

  const tale = {
    END,
    ids: [],
    drawn: [], // the way in which each token was drawn; none for those that a hand chose
    given: 0,
    at: 0,
    typed: "", // the words that it begins with
    number: "", // of a prepared tale, while it is one

    get isFull() {
      return tale.at + 1 === context;
    },
    get isEnd() {
      return tale.at + 1 === tale.ids.length && END.every((id, i) => tale.ids.at(i - END.length) === id);
    },
    // An end that the model wrote.
    get isWritten() {
      return tale.isEnd && tale.ids.length > tale.given + END.length;
    },
    get isPrepared() {
      return tale.isEnd && tale.ids.length === tale.given && tale.given > END.length;
    },
    isDrawn: (way) => tale.ids.every((_, i) => i < tale.given || tale.drawn[i] === way),

    start(text, then = []) {
      const own = [...END, ...encode(text)].slice(0, context);
      Object.assign(tale, { ids: [...own, ...then].slice(0, context), drawn: [], given: own.length, typed: text, number: "" });
      tale.at = tale.ids.length - 1;
    },
    prepare(own, number) {
      const ids = own.slice(0, context);
      Object.assign(tale, { ids, drawn: [], given: ids.length, at: END.length, typed: decode(ids).trim(), number });
    },
    add(id, way) {
      tale.at = tale.ids.push(id) - 1;
      tale.drawn[tale.at] = way;
    },
    // Forget what comes after the chosen token. A beginning that is left early is a new one.
    leave() {
      tale.ids.length = tale.at + 1;
      if (tale.given > tale.ids.length) {
        tale.given = tale.ids.length;
        tale.typed = decode(tale.ids.slice(END.length));
      }
      tale.number = "";
    },
    back() {
      tale.at = tale.given - 1;
      tale.ids.length = tale.given;
    },

    copy() {
      const { ids, drawn, given, at, typed, number } = tale;
      return { ids: [...ids], drawn: [...drawn], given, at, typed, number };
    },
    restore({ ids, drawn, given, at, typed, number }) {
      Object.assign(tale, { ids: [...ids], drawn: [...drawn], given, at, typed, number });
    },
  };
  return tale;
};
