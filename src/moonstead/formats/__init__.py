"""Files in the field's open formats: read and write, no physics."""
