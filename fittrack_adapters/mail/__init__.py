"""Mail: the look of it, the server that carries it, and the box that keeps it where there is none."""
