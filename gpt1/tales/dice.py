"""A random number generator of integers, the same on every machine.

SplitMix64 (Steele, Lea and Flood, 2014): one 64-bit state, three multiplications. It
is written out here so that no Python version can change the tales behind a seed.
"""

MASK = 2**64 - 1


class Dice:
    """A stream of uniform integers, fixed by a seed.

    `seed` is an integer, taken modulo 2**64; `stream` picks one of many
    unrelated streams of the same seed.
    """

    def __init__(self, seed: int, stream: int = 0):
        self.state = 0
        self.state = self._next() ^ (stream & MASK)
        self.state = self._next() ^ (seed & MASK)

    def _next(self) -> int:
        self.state = state = (self.state + 0x9E3779B97F4A7C15) & MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & MASK
        return state ^ (state >> 31)

    def below(self, count: int) -> int:
        """A uniform integer in 0 .. count-1; surplus draws are drawn again."""
        while True:
            draw = self._next()
            result = draw % count
            if draw - result + count <= 2**64:
                return result


class Replay:
    """Dice that show given faces: `below` returns them one after another."""

    def __init__(self, faces):
        self.faces = iter(faces)

    def below(self, count: int) -> int:
        face = next(self.faces)
        assert 0 <= face < count, f"face {face} of {count}"
        return face
