"""Figures for those who run the platform: who came, what was done, what was drawn."""
