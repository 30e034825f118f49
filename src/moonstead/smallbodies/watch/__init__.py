"""When a small body can be seen, by whom, and what one more night of positions is worth."""
