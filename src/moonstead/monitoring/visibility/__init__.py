"""When sensors see objects around the Moon and on the way there."""
