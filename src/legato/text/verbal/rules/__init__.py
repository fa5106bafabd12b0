"""The token classes: one module a family, the same for every language; wording and lists are the language's data."""
