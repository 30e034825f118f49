"""Whether, where and when an asteroid meets the Earth or the Moon."""
