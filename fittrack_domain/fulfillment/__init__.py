"""Bringing won prizes to their winners: addresses, shipping, deadlines, forfeits."""
