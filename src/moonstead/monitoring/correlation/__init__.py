"""Whose track is it: tracks to catalogue, tracks to tracks, new objects to launches."""
