"""Saksama: assistants propose, people decide, a witnessed ledger proves it."""

__version__ = "0.1.0"
