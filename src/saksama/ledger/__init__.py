"""A tamper-evident log with witnesses, in the C2SP formats. It knows nothing of Saksama."""
