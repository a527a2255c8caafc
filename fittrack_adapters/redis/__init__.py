"""What is kept beside the store in Redis, for all processes. Redis is never the truth: losing it costs speed only."""
