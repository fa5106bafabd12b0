"""The settings of each worker: its share of what the whole gateway may have."""

from gateway.app.config.settings import Settings
from gateway.app.config.voices import ProviderSettings
from gateway.app.link.post import Post


def share(settings: Settings, post: Post, workers: int) -> Settings:
    """Return the settings of one worker.

    Lines to vendors are divided: their ceiling, because a vendor may count connections, and their floor. Runs at once are not: seats
    for them are lent as they are needed.

    Args:
        settings: the settings of the whole gateway.
        post: the post of this worker.
        workers: how many there are.
    """
    server = settings.server.model_copy(update={"workers": 1, "admin": None})
    engines = settings.engines.model_copy(update={"socket": settings.engines.socket or post.engine})
    providers = {
        name: _of_provider(provider, post.number, workers) for name, provider in settings.providers.items()
    }
    return settings.model_copy(update={"server": server, "engines": engines, "providers": providers})


def _of_provider(provider: ProviderSettings, number: int, workers: int) -> ProviderSettings:
    pool = provider.pool
    ceiling = max(1, part(pool.ceiling, number, workers))
    pool = pool.model_copy(
        update={
            "ceiling": ceiling,
            "floor": min(ceiling, max(pool.floor and 1, part(pool.floor, number, workers))),
        }
    )
    return provider.model_copy(update={"pool": pool})


def part(whole: int, number: int, workers: int) -> int:
    """Return a worker's part of a whole number; the first workers have one more if it does not divide evenly."""
    return whole // workers + (number <= whole % workers)
