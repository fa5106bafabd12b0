"""Keys, and whatever else outlives a stream."""
