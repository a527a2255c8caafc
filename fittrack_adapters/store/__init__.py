"""Where FitTrack keeps everything: one set of repositories over interchangeable stores."""
