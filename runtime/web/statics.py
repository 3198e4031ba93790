"""Files of a folder, never outside it."""

from pathlib import Path

from aiohttp import web

from runtime.web.guard import problem_response
from runtime.web.problems import NO_SUCH_PATH
from runtime.web.routes import StaticFolder


def file_under(directory: Path, /, *, tail: str) -> Path | None:
    """Return the file that ``tail`` names inside ``directory``; None for what is outside, hidden or no file."""
    if "\0" in tail or any(part.startswith(".") for part in tail.split("/")):
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
