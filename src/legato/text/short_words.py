"""English words of two letters, which are not products of two variables."""

SHORT_WORDS = frozenset(
    (
        "am", "an", "as", "at", "be", "by", "do", "go", "he", "id", "if", "in", "is", "it", "me", "my", "no", "of", "oh", "ok",
        "on", "or", "so", "to", "up", "us", "vs", "we",
    )
)  # fmt: skip
