"""Rolls taken in and searches run: their counts."""
