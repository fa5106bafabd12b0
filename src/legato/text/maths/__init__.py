"""Mathematics that can be spoken: LaTeX, MathML and bare formulas become the words a lecturer would say.

A formula passes four stations: `latex`, `mathml` or `plain` builds a tree of what is written; `arrange` finds brackets and
bars in it; `roles` finds out what each sign means where it stands; `speech` matches the rules of the data files, longest
and most literal first, and says what they say.
"""
