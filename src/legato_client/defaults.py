"""The stream's defaults: what an utterance takes from them when it begins, and how `Configure` changes them."""

from dataclasses import replace

from legato.domain.events import Begin, Configure, Open


def settled(begin: Begin, opening: Open) -> Begin:
    """A `Begin` with the defaults filled in. Settings freeze there: when it is sent again later, it must not take newer ones."""
    return replace(
        begin,
        voice=begin.voice or opening.voice,
        language=begin.language or opening.language,
        options=begin.options.over(opening.options),
    )


def configured(opening: Open, change: Configure) -> Open:
    """The defaults after a change; what it leaves unset stays."""
    return replace(
        opening,
        voice=change.voice or opening.voice,
        language=opening.language if change.language is None else change.language,
        options=change.options.over(opening.options),
        max_lead_ms=opening.max_lead_ms if change.max_lead_ms is None else change.max_lead_ms,
    )
