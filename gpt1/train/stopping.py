"""Ending a run early without losing it: Ctrl-C and SIGTERM become a request."""

import signal
import threading
import time

TWICE = 1
"""Seconds in which two signals are one: torchrun passes on a Ctrl-C that the terminal
has sent to its processes already."""


class Stop:
    """While it is entered, the first Ctrl-C or SIGTERM sets `requested`.

    The loop looks at it after each step, and saves before it ends. Another Ctrl-C a
    second later ends the program at once.

    Attributes:
        requested: whether somebody asked.
    """

    def __init__(self):
        self.requested, self.since = False, 0.0
        self.before = {}

    def __enter__(self):
        # Only the main thread may set handlers; elsewhere a run is stopped as ever.
        if threading.current_thread() is threading.main_thread():
            for kind in (signal.SIGINT, signal.SIGTERM):
                self.before[kind] = signal.signal(kind, self.ask)
        return self

    def __exit__(self, *error):
        for kind, handler in self.before.items():
            signal.signal(kind, handler)

    def ask(self, kind, frame):
        """The handler of the signals."""
        now = time.monotonic()
        if not self.requested:
            self.requested, self.since = True, now
        elif kind == signal.SIGINT and now - self.since > TWICE:
            raise KeyboardInterrupt
