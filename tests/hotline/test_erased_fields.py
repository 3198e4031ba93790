"""What a fact hides when it is printed is of a person, so an erasure empties it in the log."""

import dataclasses
import typing
from collections.abc import Iterator

from hotline.erasure import NAMES
from vocabulary.events import CATALOGUE
from vocabulary.personal import Personal


def hidden(kind: object) -> Iterator[str]:
    """Give the fields, at any depth, that stay out of ``repr`` or are of a type that masks itself."""
    for part in typing.get_args(kind):
        yield from hidden(part)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(kind):
            types = typing.get_args(hints[field.name]) or (hints[field.name],)
            if not field.repr or any(isinstance(one, type) and issubclass(one, Personal) for one in types):
                yield field.name
            yield from hidden(hints[field.name])


def test_every_hidden_field_of_a_durable_event_is_emptied_by_an_erasure() -> None:
    found = {entry.key: set(hidden(entry.cls)) for entry in CATALOGUE.values() if entry.durable}

    assert {"caller", "text", "content", "reply"} <= set().union(*found.values())
    assert {key: names - set(NAMES) for key, names in found.items() if names - set(NAMES)} == {}
