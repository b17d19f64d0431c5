"""Slow, obvious twins of compiled loops: the twin is the specification."""
