"""Drawings: announced, sold, closed, drawn, and provable by anyone."""
