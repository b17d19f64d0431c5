"""Other people's answers. `SOURCE.txt` says whose."""

from pathlib import Path

HERE = Path(__file__).parent

# The entries of `tessera-log`, in order, as its authors spelled them.
WORDS = b"one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split()
