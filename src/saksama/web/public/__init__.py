"""What anyone may see of the ledger."""
