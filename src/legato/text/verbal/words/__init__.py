"""Number words: one small class a language, and the list of them."""
