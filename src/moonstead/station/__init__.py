"""Station: what facilities use, make, store and share."""
