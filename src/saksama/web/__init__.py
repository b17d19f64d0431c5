"""WAY IN 1: the Django site. Tables, pages, permissions; no rules."""
