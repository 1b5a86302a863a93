"""The college's doors for people."""
