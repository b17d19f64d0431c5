"""Compiled loops (numba), each with a slow twin in `tests/naive/`. Arrays in, arrays out; no state, no objects."""
