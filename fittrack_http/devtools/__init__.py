"""The tester's page of development servers: try every operation, fill and empty the database, read sent mail."""
