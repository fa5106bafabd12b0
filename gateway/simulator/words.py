"""Four hundred made-up words: plain lower-case letters, of no language, so that no text level changes them.

Word n is head n // 20 and tail n % 20.
"""

HEADS = (
    "vab",
    "zeb",
    "lom",
    "nug",
    "rop",
    "sav",
    "tig",
    "dul",
    "fep",
    "gom",
    "kaz",
    "mub",
    "pev",
    "wib",
    "hod",
    "jat",
    "bez",
    "cuv",
    "yog",
    "dref",
)
TAILS = (
    "ado",
    "elu",
    "imo",
    "oka",
    "ura",
    "avi",
    "ebo",
    "igu",
    "ofa",
    "uvo",
    "agli",
    "epra",
    "idno",
    "obsu",
    "ulfa",
    "azmo",
    "ekni",
    "irvu",
    "ompa",
    "usko",
)
WORDS = tuple(head + tail for head in HEADS for tail in TAILS)
NUMBERS = {word: number for number, word in enumerate(WORDS)}
