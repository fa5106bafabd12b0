"""The token classes: one module for each family, the same for every language; wording and lists are the language's data."""
