"""Text that appears while it is written.

It equals the text that would be printed at the end: nothing is shown before it is
certain, be it a word that may grow or a line end that may be half of an empty line.
"""

from gpt1.plumbing.writing import hand_over


class Shown:
    """One text while it is written: what may be shown of it, and whether it has ended.

    Args:
        tokenizer: of the text's ids.
        prompt: ids that the text begins with; none is possible.
        new_tokens: how many will be added at most.
        stop: the text ends before this string; "" for no such string. The prompt is
            not searched, but its end may be the beginning of the string.

    Attributes:
        ended: whether it is complete.
    """

    def __init__(self, tokenizer, prompt, new_tokens, stop=""):
        self.tokenizer, self.stop = tokenizer, stop
        self.ids, self.left = list(prompt), new_tokens
        self.read, self.again = 0, 0
        self.held, self.length, self.shown, self.taken = "", 0, [], 0
        self.search_from = max(len(tokenizer.decode(prompt)) - len(stop) + 1, 0)
        self.ended = False
        self.settle()

    @property
    def text(self):
        """What may be shown so far; later tokens only add to it."""
        return "".join(self.shown)

    def add(self, token):
        """Take the next token; one that comes after the end is left out."""
        if not self.ended:
            self.ids.append(token)
            self.left -= 1
            if len(self.ids) >= self.again or not self.left:
                self.settle()

    def settle(self):
        """Show what has become certain, and see whether the text has ended."""
        self.held += self.settled()
        end, begin = -1, max(self.search_from - self.length, 0)
        if self.stop:
            end = self.held.find(self.stop, begin)
        self.ended = end >= 0 or not self.left
        if not self.ended:
            begun = (
                n for n in range(len(self.stop)) if self.held.endswith(self.stop[:n])
            )
            end = len(self.held) - max(begun, default=0)
        ready = self.held if end < 0 else self.held[:end]
        self.shown.append(ready)
        self.length, self.held = self.length + len(ready), self.held[len(ready) :]

    def settled(self):
        """What has become certain of the text since the last time.

        Only ids whose text may change are read again. Where these are many, a new look
        is worth while when some more have come: so the time grows with the length.
        """
        certain, self.ids = self.tokenizer.parted(self.ids)
        read = self.tokenizer.settled if self.left else self.tokenizer.decode
        text = certain + read(self.ids)
        new = text[self.read :]
        self.read = max(self.read, len(text)) - len(certain)
        self.again = len(self.ids) + len(self.ids) // 16
        return new

    def take(self):
        """The part of `text` that was not taken before."""
        new, self.taken = "".join(self.shown[self.taken :]), len(self.shown)
        return new


class Printer:
    """Prints texts in their order, each as far as it may be shown.

    Args:
        texts: a list of `Shown`.
        titles: what is printed before each; "" for nothing.
    """

    def __init__(self, texts, titles):
        self.texts, self.titles, self.at = texts, titles, 0
        self.put(titles[0])

    def update(self):
        """Print what has become ready, up to the first text that is not finished."""
        while True:
            self.put(self.texts[self.at].take())
            if not self.texts[self.at].ended or self.at + 1 == len(self.texts):
                return
            self.at += 1
            self.put(f"\n{self.titles[self.at]}")

    put = staticmethod(hand_over)


def show(texts, titles, tokens, streaming):
    """Print texts while their tokens come, or when all have come.

    Args:
        texts: a list of `Shown`.
        titles: see `Printer`.
        tokens: what `stream` yields.
        streaming: whether to print while they come.
    """
    printer = Printer(texts, titles)
    try:
        for row, token in tokens:
            texts[row].add(token)
            if streaming:
                printer.update()
            if all(text.ended for text in texts):
                break
        printer.update()
    finally:
        printer.put("\n")
