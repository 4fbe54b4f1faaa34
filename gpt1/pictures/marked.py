"""A text whose tokens are marked by the attention that they get, as inline SVG."""

from gpt1.pictures.look import CARD, CARD_EDGE, INK, LARGE, MIDDLE, TINTS
from gpt1.pictures.svg import Drawing, canvas, element, text

WIDTH, LINE, LETTER = 400, 22, 6.3
"""Of the drawing, of a line of text, and of a letter that is neither wide nor large."""


def across(word):
    """About how wide a word is drawn."""
    wide = sum(letter in "mwMW" for letter in word)
    large = sum(letter.isupper() for letter in word)
    return LETTER * (len(word) + 0.6 * wide + 0.3 * large)


def marked_text(weights, tokens, title, labels=None):
    """A text once for each head, with a mark on each token, as strong as its weight.

    Args:
        weights: tensor or nested lists of shape (heads, time): what one position takes
            from each token.
        tokens: `time` strings; a leading space begins a word.
        title: what the drawing shows.
        labels: what stands above each text, where it is no head; "head 0" and so on if
            None.

    Returns:
        A `Drawing`.

    Raises:
        ValueError: a head has not one weight, from 0 to 1, for each token; or there are
            not as many labels as heads.
    """
    heads = weights.tolist() if hasattr(weights, "tolist") else weights
    kind = "head" if labels is None else "label"
    if labels is None:
        labels = [f"head {index}" for index in range(len(heads))]
    if len(labels) != len(heads):
        raise ValueError(f"marked_text takes {len(heads)} labels, got {labels}")
    for head in heads:
        if len(head) != len(tokens) or not all(
            -1e-6 <= one <= 1 + 1e-6 for one in head
        ):
            raise ValueError(
                f"marked_text takes one weight from 0 to 1 for each of {len(tokens)} "
                f"tokens; got {head}"
            )
    body, top, told = [], 14.0, []
    for label, head in zip(labels, heads, strict=True):
        body.append(text(16, top + 14, label, LARGE, anchor="start"))
        places, rows = flowed(tokens)
        for place, token, weight in zip(places, tokens, head, strict=True):
            body += marked(place, top + 24, token, weight)
        top += 24 + rows * LINE + 14
        most = max(range(len(tokens)), key=head.__getitem__)
        token = tokens[most].strip()
        told.append(f"{label} gives most to {token}, {head[most]:.2f}")
    description = f"The text, drawn once for each {kind}, its tokens marked by weight: "
    description += f"{'; '.join(told)}."
    return Drawing([canvas(WIDTH, top, body, title, description)], title)


def flowed(tokens):
    """Where each token stands, as (x, line, width), and how many lines there are."""
    places, x, line = [], 16.0, 0
    for token in tokens:
        width = across(token)
        begins = token.startswith(" ") or not places
        if begins and x + width > WIDTH - 16:
            x, line = 16.0, line + 1
        if token.startswith(" ") and x == 16.0:
            width -= LETTER
        places.append((x, line, width))
        x += width
    return places, line + 1


def marked(place, top, token, weight):
    """A token on its mark."""
    (x, line, width), shown = place, token.strip()
    room = across(shown)
    y = top + line * LINE
    shape = {"x": x + width - room - 1, "y": y, "width": room + 2, "height": LINE - 4.0}
    look = {"fill": TINTS["attention"][1], "fill_opacity": float(f"{abs(weight):.2f}")}
    look |= {"stroke": CARD_EDGE, "stroke_width": 0.5, "rx": 3}
    yield element("rect", class_="g-heat", **shape, **look)
    ink = (CARD, "g-on-heat") if weight > 0.5 else (INK, "g-ink")
    yield text(x + width - room / 2, y + 13, shown, MIDDLE, *ink)
