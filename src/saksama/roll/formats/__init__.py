"""The three kinds of file, each read as sheets of raw rows (see `saksama.roll.raw`)."""
