"""What a run says to people: recommendations, reasons in words, the waterfall of a pair, the report of a run."""
