"""Written numbers, money, dates, units, addresses and abbreviations become the words a good reader says. Pure; data passed in."""
