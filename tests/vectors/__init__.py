"""Other people's answers. `SOURCE.txt` says whose."""

from pathlib import Path

HERE = Path(__file__).parent
