"""What went wrong in the learner's own code: the line, and what Python says of it."""

import linecache
import traceback


def explain(error, answer):
    """An exception from a learner's code, with the line that it comes from.

    Args:
        error: what was raised.
        answer: the learner's function or class.

    Returns:
        Text of one or two lines.
    """
    message = f"{type(error).__name__}: {' '.join(str(error).split())}"
    all_frames, own = traceback.extract_tb(error.__traceback__), homes(answer)
    frames = [frame for frame in all_frames if frame.filename in own]
    if not frames:
        return f"your code stopped with {message}"
    last = frames[-1]
    line = (last.line or linecache.getline(last.filename, last.lineno)).strip()
    return f"your code stopped in {last.name}, at `{line}`\n{message}"


def homes(answer):
    """The files, or cells of a notebook, that a function or a class was written in."""
    parts = [answer, *vars(answer).values()] if isinstance(answer, type) else [answer]
    codes = (getattr(part, "__code__", None) for part in parts)
    return {code.co_filename for code in codes if code}
