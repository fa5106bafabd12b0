"""What is configured when nothing is: the voices that need no network and no key."""

from gateway.app.config.voices import EngineName, ProviderSettings, RouteSettings, VoiceSettings

_TAGS = """
    en-US en-GB en-029 af am an ar as az ba be bg bn bpy bs ca cmn cs cv cy da de el eo es es-419 et eu fa fi fr-FR fr-BE
    fr-CH ga gd gn grc gu hak haw he hi hr ht hu hy hyw ia id io is it ja jbo ka kaa kk kl kn ko kok ku ky la lb lfn lt ltg
    lv mi mk ml mr ms mt mto my nb nci ne nl no nog om or pa pap pl pt pt-BR qu quc ro ru sd shn si sk sl smj sq sr sv sw ta te
    th ti tk tn tr tt ug uk ur uz vi yue zh
"""
ESPEAK_LANGUAGES = tuple(_TAGS.split())
"""BCP 47 tags that espeak-ng speaks, besides plain `en`."""


def local_providers() -> dict[str, ProviderSettings]:
    """Return the engines of the extra `[voices]`."""
    return {
        "joe": ProviderSettings(engine=EngineName.PIPER),
        "espeak": ProviderSettings(engine=EngineName.ESPEAK),
    }


def local_voices() -> dict[str, VoiceSettings]:
    """Return a neural voice for English, and one for everything else, which is also its fallback."""
    return {
        "joe": VoiceSettings(
            language="en",
            languages=("en-US",),
            routes=(RouteSettings(provider="joe"),),
            fallback="espeak",
            description="Neural English (Piper)",
        ),
        "espeak": VoiceSettings(
            language="en",
            languages=ESPEAK_LANGUAGES,
            routes=(RouteSettings(provider="espeak"),),
            description="Over 100 languages, answers in a millisecond (espeak-ng)",
        ),
    }
