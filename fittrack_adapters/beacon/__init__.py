"""Where the random value that decides a drawing comes from: drand's public chain, or nowhere (protocol, section 11)."""
