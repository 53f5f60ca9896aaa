"""Who asks for what, and when: the tape that an engine plays."""
