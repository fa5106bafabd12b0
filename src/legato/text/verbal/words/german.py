"""German number words, written as separate words so that a voice does not stumble over long compounds."""

import re

from legato.text.verbal.words.spoken import NumberWords

_SMALL = [
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
    "fünfzehn",
    "sechzehn",
    "siebzehn",
    "achtzehn",
    "neunzehn",
]
_TENS = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
_LARGE = [
    ("million", "millionen"),
    ("milliarde", "milliarden"),
    ("billion", "billionen"),
    ("billiarde", "billiarden"),
]
_ORDINALS = {"eins": "erst", "drei": "dritt", "sieben": "siebt", "acht": "acht"}
_ENDINGS = {
    "am": "en",
    "bis": "en",
    "per": "en",
    "vom": "en",
    "zum": "en",
    "dem": "en",
    "im": "en",
    "den": "en",
    "des": "en",
    "beim": "en",
    **dict.fromkeys(("der", "die", "das", "ins", "ans", "aufs", "fürs", "jeder", "jede", "jedes"), "e"),
    **dict.fromkeys(("dieser", "diese", "dieses", "eine", "meine", "deine", "seine", "ihre", "unsere"), "e"),
    **dict.fromkeys(("jeden", "jedem", "diesen", "diesem", "einen", "einem", "zur"), "en"),
    **dict.fromkeys(("meinem", "meinen", "seinem", "seinen", "ihrem", "ihren", "unserem", "unseren"), "en"),
}
_POINTS = frozenset(
    ("den", "dem", "des", "die", "das", "der", "ein", "eine", "einen", "einem", "zwei", "drei", "zehn", "wieder", "bitte", "auf", "in", "im",
     "zum", "zur", "mit", "vom", "aus", "bei", "nach", "Ihr", "Ihre", "Ihren", "Ihrem", "alle", "kurz", "dann", "danach", "wenn", "ob", "dass",
     "ist", "sind", "muss")
)  # fmt: skip
"""Words before which an ordinal numbers a point of an argument: 1. den Router ausschalten, 2. zehn Sekunden warten. Behind `rank_before` it is
the place of somebody, and none of them is told here."""
_BARE = frozenset({"ab", "seit", "nach", "vor", "mit", "bei", "zu", "aus", "in"})
"""Prepositions that take the dative; without an article the ordinal shows it: ab erstem Mai, mit zweiter Stimme."""
_TIMELY = re.compile(
    "(?:früh|spät|mittler|ganz|gesamt|letzt|nächst|vergangen|ausgehend|beginnend|halb)(e[mnrs]?)"
)
"""An adjective between an article and an ordinal, which takes the same ending: im späten neunzehnten Jahrhundert."""
_NEUTER = (
    "kapitel",
    "jahr",
    "buch",
    "spiel",
    "tor",
    "quartal",
    "semester",
    "beispiel",
    "ziel",
    "gebot",
    "chen",
    "ment",
    "tum",
    "bild",
    "feld",
    "level",
    "ende",
)
"""Endings of neuter nouns."""
_STOREYS = frozenset({"OG", "UG", "EG", "DG"})
_FEMININE = (
    "e", "ung", "heit", "keit", "ion", "schaft", "tät", "enz", "nik", "rik", "tik", "sik", "ratur", "struktur", "kultur", "natur", "zedur",
    "datei", "erei", "erin", "ärztin", "kundin", "kollegin", "freundin", "patientin", "nacht", "person", "stadt", "frau", "nummer", "tür",
    "fahrt", "mail", "hand", "wand", "zeit", "zahl", "arbeit", "bahn", "bank", "schüssel", "zwiebel", "kartoffel", "gabel", "schachtel",
    "nachricht", "sicht", "schicht", "schrift", "pflicht", "flucht", "kunft", "macht", "lust", "last", "tour", "gebühr", "antwort", "wurzel",
    "praxis", "dosis", "basis", "kamera", "firma", "pizza", "app", "box", "sms", "spur", "figur", "ansage", "kur", "post", "cloud", "haut",
    "steuer", "ziffer", "tafel", "kugel", "insel", "regel", "mutter", "tochter", "schwester", "kammer", "wahl", "wurst", "frucht", "kraft",
)  # fmt: skip
"""Endings of feminine nouns."""
_NOT_FEMININE = (
    "käse", "name", "junge", "kunde", "kollege", "experte", "gedanke", "buchstabe", "ende", "gebäude", "gemüse", "auge", "interesse",
    "gebirge", "franzose", "türke", "affe", "hase", "löwe", "pate", "neffe", "bote", "zeuge", "gatte", "stadion", "palast", "ballast",
)  # fmt: skip
"""Endings of other nouns that end like feminine ones."""


class German(NumberWords):
    """Standard German."""

    def cardinal(self, number: int, gender: str = "m") -> str:
        """Return the cardinal; one agrees with what it counts: "eins" alone, "ein" and "eine" before a noun."""
        if number == 1:
            return {"-": "eins", "f": "eine"}.get(gender, "ein")
        # Above a hundred the noun is plural: hundertein Plätze.
        last = "eins" if gender == "-" else "ein"
        if number < 1000:
            return _below_thousand(number, last=last)
        rest, low = divmod(number, 10**6)
        parts: list[str] = []
        thousands, low = divmod(low, 1000)
        if thousands:
            parts.append(f"{_below_thousand(thousands, last='ein')} tausend")
        if low:
            parts.append(_below_thousand(low, last=last))
        for one, many in _LARGE:
            rest, group = divmod(rest, 1000)
            if group:
                parts.insert(
                    0, f"eine {one}" if group == 1 else f"{_below_thousand(group, last='eins')} {many}"
                )
        return " ".join(parts)

    def ordinal(self, number: int, form: str = "m") -> str:
        """Return the ordinal; form is its ending ("er", "en", "e", "tem"), and any other form means "er"."""
        ending = form.removeprefix("st").removeprefix("t")
        return self._stem(number) + (ending if ending in {"e", "em", "en", "er", "es"} else "er")

    def _stem(self, number: int) -> str:
        words = self.cardinal(number, "-")
        head, _, last = words.rpartition(" ")
        if 0 < number % 100 < 20:
            return f"{head} {_ORDINALS.get(last, last + 't')}".strip()
        return words + ("t" if number == 0 else "st")

    def gender_of(self, noun: str) -> str:
        """Return "f" for the usual feminine endings, else "m"."""
        return "f" if noun.endswith(_FEMININE) and not noun.endswith(_NOT_FEMININE) else "m"

    def one(self, gender: str) -> str:
        """Return the dative of "one": mit einem Klick, nach einer Stunde."""
        return "einer" if gender == "f" else "einem"

    def accusative(self) -> str:
        """Return the accusative of "one": für einen Tag."""
        return "einen"

    def fraction(self, over: int, under: int) -> str:
        """Return the fraction: halves have their own word, the rest is formed from the ordinal."""
        if under < 2:
            return f"{self.cardinal(over, '-')} durch {self.cardinal(under, '-')}"
        if under == 2:
            return f"{self.cardinal(over, 'm')} {'halb' if over == 1 else 'halbe'}"
        return f"{self.cardinal(over, 'm')} {self._stem(under)}el"

    def year(self, number: int) -> str:
        """Return the year, by hundreds from 1100 to 1999."""
        if not 1100 <= number < 2000:
            return self.cardinal(number, "-")
        century, rest = divmod(number, 100)
        words = f"{self.cardinal(century)} hundert"
        return f"{words} {self.cardinal(rest, '-')}" if rest else words

    def day(self, number: int, before: str = "") -> str:
        """Return an ordinal whose ending follows from the word before the date."""
        return self.ordinal(number, _ending(before) or ("em" if before in _BARE else "er"))

    def ordinal_before(self, number: int, before: str, noun: str) -> str:
        """Return the ordinal; without an article its ending shows the gender: dritte Auflage, drittes Kapitel, dritter Platz."""
        neuter = noun.lower().endswith(_NEUTER) or noun in _STOREYS
        feminine = self.gender_of(noun.lower()) == "f" and not neuter
        if noun in _POINTS and before not in _BARE and not _ending(before):
            return f"{self._stem(number)}ens"
        if before in _BARE:
            return self.ordinal(number, "er" if feminine else "em")
        return self.ordinal(number, _ending(before) or ("e" if feminine else "es" if neuter else "er"))

    def clock(self, hour: int, minute: int) -> str:
        """Return the time: acht Uhr fünfzehn."""
        words = f"{self.cardinal(hour, 'm')} Uhr"
        return f"{words} {self.cardinal(minute, '-')}" if minute else words

    def regnal(self, number: int, gender: str = "m") -> str:
        """Return the number of a ruler: der Vierzehnte, die Zweite."""
        return f"{'die' if gender == 'f' else 'der'} {self.ordinal(number, 'e')}"


def _ending(before: str) -> str:
    """Return the ending that an article or an adjective before an ordinal requires; empty if it requires none."""
    timely = _TIMELY.fullmatch(before)
    return timely[1] if timely else _ENDINGS.get(before, "")


def _below_thousand(number: int, *, last: str) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [f"{'ein' if hundreds == 1 else _SMALL[hundreds]} hundert"] if hundreds else []
    tens, ones = divmod(rest, 10)
    if rest == 1:
        parts.append(last)
    elif rest >= 20 and ones:
        parts.append(f"{'ein' if ones == 1 else _SMALL[ones]} und {_TENS[tens]}")
    elif rest >= 20:
        parts.append(_TENS[tens])
    elif rest or not hundreds:
        parts.append(_SMALL[rest])
    return " ".join(parts)
