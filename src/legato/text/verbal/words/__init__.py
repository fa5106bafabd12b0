"""Number words: one small class for each language, and the list of them."""
