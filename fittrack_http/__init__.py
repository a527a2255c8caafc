"""FitTrack over HTTP."""
