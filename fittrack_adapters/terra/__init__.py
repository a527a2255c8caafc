"""Terra, the gateway to the makers of trackers: its names, its signatures, its events, its HTTP API."""
