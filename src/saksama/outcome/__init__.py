"""Take effect: what people settled becomes changes of the roll, the next roll, and the Berita Acara."""
