"""FitTrack's rules: activity to points, points to standings and tickets, drawings that anyone can verify."""
