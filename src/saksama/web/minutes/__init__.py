"""Outcomes: the next roll and the Berita Acara."""
