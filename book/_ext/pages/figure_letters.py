"""The bug museum has no number, so that its figures are M.1, M.2 and so on.

Sphinx would number them 1, 2, ... beside a text that says "figure M.1". Which pages it
writes anew it sees by comparing numbers with its own of the last time: these are put
back before it does.
"""

MUSEUM, LETTER = "notebooks/bug-museum", "M"


def numbers(env):
    return env.toc_fignumbers.get(MUSEUM, {}).get("figure", {})


def take(app, env):
    for name, number in numbers(env).items():
        numbers(env)[name] = tuple(part for part in number if part != LETTER)
    return []


def give(app, env):
    for name, number in numbers(env).items():
        numbers(env)[name] = (LETTER, *number)
    return []


def setup(app):
    app.connect("env-get-updated", take, priority=100)
    app.connect("env-get-updated", give, priority=900)
