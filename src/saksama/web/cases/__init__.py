"""The queue, the case page, and the store of cases in the database."""
