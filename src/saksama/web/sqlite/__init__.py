"""Django's SQLite backend over a SQLite new enough to be trusted with several writers."""
