"""Who is ahead: 31 boards, four periods, places, and what they were when a period ended."""
