"""Local voices in a process of their own, leased as lines."""
