"""Where the bodies are and how they are turned: SPK and binary PCK files."""
