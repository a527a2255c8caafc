"""Files of activity from elsewhere: read line by line, and taken in through the same use cases as live trackers."""
