"""FitTrack at the command line."""
