"""Paths with a slash too many, as clients send them whose base address ends with one: `//v1/speak`, `/v1/audio/speech/`."""

import re
from collections.abc import Collection, Iterator
from typing import Never

from aiohttp import web
from aiohttp.web_urldispatcher import UrlMappingMatchInfo
from yarl import URL

_SLASHES = re.compile("/{2,}")


def tidied(path: str) -> str:
    """Return the path with single slashes, and none at its end."""
    return _SLASHES.sub("/", path).rstrip("/") or "/"


class TidiedResource(web.AbstractResource):
    """Finds the route of the tidied path where there is none for the path as it came.

    Args:
        router: knows the routes.
        paths: those for which this is done.
    """

    def __init__(self, router: web.UrlDispatcher, paths: Collection[str]) -> None:
        super().__init__()
        self._router = router
        self._paths = frozenset(paths)

    @property
    def canonical(self) -> str:
        """The path under which the router asks this resource last, whatever the path of the request."""
        return "/"

    async def resolve(self, request: web.Request) -> tuple[UrlMappingMatchInfo | None, set[str]]:
        """Return the match of the tidied path, if there is one."""
        came = request.rel_url.raw_path
        tidy = tidied(came)
        if tidy == came:
            return None, set()
        clone = request.clone(rel_url=URL.build(path=tidy, encoded=True))
        match = await self._router.resolve(clone)
        resource = match.route.resource
        if resource is None or resource.canonical not in self._paths:
            return None, set()
        if "{" in resource.canonical and _SLASHES.search(came.strip("/")):
            return None, set()  # it is a name that is missing between the slashes
        return match, set()

    def raw_match(self, path: str) -> bool:
        """Answer that no path is this one's own."""
        del path
        return False

    def get_info(self) -> Never:
        """Refuse: nothing asks."""
        raise NotImplementedError

    def url_for(self, **kwargs: str) -> Never:
        """Refuse: the tidied path has the URL."""
        raise NotImplementedError

    def add_prefix(self, prefix: str) -> Never:
        """Refuse: the routes are those of the main application."""
        raise NotImplementedError

    def __len__(self) -> int:
        return 0

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        return iter(())
