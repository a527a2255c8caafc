"""Who did what and when: an append-only log, each record chained to the one before."""
