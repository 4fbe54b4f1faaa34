"""Ending a run early without losing it: Ctrl-C and SIGTERM become a request."""

import signal
import threading


class Stop:
    """While it is entered, the first Ctrl-C or SIGTERM sets `requested`.

    The loop looks at it after each step, and saves before it ends. A second Ctrl-C
    ends the program at once.

    Attributes:
        requested: whether somebody asked.
    """

    def __init__(self):
        self.requested = False
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
        if self.requested and kind == signal.SIGINT:
            raise KeyboardInterrupt
        self.requested = True
