"""Keys, seals, passwords and tokens."""
