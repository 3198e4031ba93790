"""Files of a folder, never outside it."""

from pathlib import Path

from aiohttp import web

from runtime.web.guard import problem_response
from runtime.web.problems import NO_SUCH_PATH
from runtime.web.routes import StaticFolder

_LONGEST_NAME = 255
"""Octets that a file system takes as a name (NAME_MAX)."""


def file_under(directory: Path, /, *, tail: str) -> Path | None:
    """Return the file that ``tail`` names inside ``directory``; None for what is outside, hidden or no file."""
    parts = tail.split("/")
    if "\0" in tail or any(part.startswith(".") or len(part.encode()) > _LONGEST_NAME for part in parts):
        return None
    root = directory.resolve()
    found = (root / tail).resolve()
    return found if found.is_relative_to(root) and found.is_file() else None


class StaticEndpoint:
    """Serves one folder."""

    def __init__(self, folder: StaticFolder, /) -> None:
        self._folder = folder

    async def handle(self, request: web.Request, /) -> web.StreamResponse:
        """Answer with the file, the fallback page, or 404."""
        tail = request.match_info["tail"]
        found = file_under(self._folder.directory, tail=tail)
        fallback = self._folder.fallback
        if found is None and fallback is not None and not tail.startswith("api/") and "." not in tail.split("/")[-1]:
            found = file_under(self._folder.directory, tail=fallback)
        if found is None:
            return problem_response(NO_SUCH_PATH)
        cache = "public, max-age=31536000, immutable" if "/assets/" in f"/{tail}" else "no-cache"
        return web.FileResponse(found, headers={"Cache-Control": cache})
