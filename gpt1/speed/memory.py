"""Keep freed memory in the process, so that the next step finds it ready.

A training step frees its large tensors and the next asks for the same sizes. glibc, the
C library of most Linux systems, gives each large block back to the kernel at once, and
the next step pays for it again: the kernel clears every page on its first use.
"""

import ctypes
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD = -1, -2, -3  # <malloc.h>
BLOCKS = [2**30, 2**25]
"""Blocks up to this many bytes come from the heap, not from a mapping of their own.

The second is the most that older versions take, which refuse the first.
"""
SPARE = 2**26
"""Bytes by which the heap grows at a time."""


def keep_freed_memory():
    """Let the C library keep what the process frees. Call it before the first step.

    The process then holds its largest need until it ends, and other programs cannot
    use what lies idle: right for a training run, wrong for a library to do on import.

    Returns:
        True if it was done; False on a system without glibc, where nothing changes.
    """
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return False
    largest = 2**31 - 1
    library.mallopt(M_TRIM_THRESHOLD, largest)
    library.mallopt(M_TOP_PAD, SPARE)
    return any(library.mallopt(M_MMAP_THRESHOLD, size) == 1 for size in BLOCKS)
