"""Points: what a day's activity is worth, and the ledger in which every point moves from one account to another."""
