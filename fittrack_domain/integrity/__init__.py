"""Whether activity and accounts are what they seem: what looks wrong is flagged, and people decide."""
