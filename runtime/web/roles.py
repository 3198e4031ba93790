"""Who may call what, as a table that tests walk."""

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.web.routes import Public
from runtime.web.rows import Route
from vocabulary.people import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCase:
    """One cell of the matrix: ``role`` None is a visitor without a session."""

    route: Route
    role: Role | None
    allowed: bool

    @property
    def name(self) -> str:
        """A name for a test case."""
        return f"{self.route.method} {self.route.path} as {self.role or 'nobody'}"


def permits(roles: frozenset[Role] | Public, /, *, role: Role | None) -> bool:
    """Return whether somebody of ``role`` (None: nobody signed in) may come in."""
    return isinstance(roles, Public) or (role is not None and role in roles)


def role_matrix(routes: Sequence[Route], /) -> list[RoleCase]:
    """Return every route with every role and with none."""
    return [
        RoleCase(route=route, role=role, allowed=permits(route.roles, role=role))
        for route in routes
        for role in (None, *Role)
    ]
