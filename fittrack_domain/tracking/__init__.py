"""Trackers and what they report: connections, activities in normal form, plausibility, duplicates."""
