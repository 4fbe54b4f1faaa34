"""What a command shows, written so that no work is lost to a screen that is gone."""

import os
import sys
from contextlib import suppress


class Writer:
    """A standard stream to which writing cannot fail.

    A reader that has left, a closed terminal, a full disk and a character that the
    encoding lacks are no reason to end what is being shown. `?` stands for such a
    character; after any other failure what is written goes nowhere.

    Args:
        name: "stdout" or "stderr"; which stream that is, is looked up at each write.
    """

    def __init__(self, name):
        self.name = name

    def __getattr__(self, name):
        return getattr(getattr(sys, self.name), name)

    def write(self, text):
        """Write now; returns the error that hindered it, or None."""
        stream = getattr(sys, self.name)
        encoding = getattr(stream, "encoding", None) or "utf-8"
        try:
            if stream is not None:  # as it is in a program without a console
                stream.write(text.encode(encoding, "replace").decode(encoding))
                stream.flush()
        except (OSError, ValueError) as error:
            self.leave()
            return error
        return None

    def line(self, text):
        """Write a line; returns what `write` does."""
        return self.write(f"{text}\n")

    def leave(self):
        """Lead the stream nowhere, with what it still holds."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


OUT, ERRORS = Writer("stdout"), Writer("stderr")


def hand_over(text):
    """Write to standard output what a command is called for.

    Raises:
        OSError, ValueError: it could not be written.
    """
    if error := OUT.write(text):
        raise error
