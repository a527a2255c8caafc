"""The drawing protocol `fittrack-draw-1`: pure functions from records to records, nothing to trust but hashes."""
