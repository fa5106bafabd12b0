"""Keys and what else outlives a stream."""
