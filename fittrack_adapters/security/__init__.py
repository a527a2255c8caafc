"""Keys, seals and, later, passwords and tokens."""
