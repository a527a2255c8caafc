"""Everything FitTrack needs from outside: stores, clock, entropy, beacon, mail; and the wiring that plugs them in."""
