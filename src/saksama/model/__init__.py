"""The nouns, in the order they come to be. Standard library (and canonical JSON) only; frozen; no I/O."""
