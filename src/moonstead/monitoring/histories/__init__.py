"""What the element histories of an object tell: cleaned sets and manoeuvres."""
