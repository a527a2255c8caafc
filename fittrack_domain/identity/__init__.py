"""Members: their accounts, profiles, roles and standing with FitTrack."""
