"""The one JSON form of vocabulary values: on the bus, on sockets, in the log, on the web. Engine: msgspec."""

from typing import Any, TypeVar

import msgspec

from vocabulary.errors import Permanent
from vocabulary.events import CATALOGUE, Event, type_of
from vocabulary.personal import Personal

T = TypeVar("T")
Meta = msgspec.Meta
"""Bounds of a field in ``Annotated``: ``ge``, ``le``, ``min_length``, ``max_length``, ``pattern``."""


class MalformedMessage(Permanent):
    """Bytes that are not the JSON form of the expected type; the text names the path of the fault."""


def _to_builtin(value: object) -> object:
    if isinstance(value, Personal):
        return value.reveal()
    message = f"{type(value).__name__} has no JSON form"
    raise NotImplementedError(message)


def _from_builtin(kind: type, value: object) -> object:
    if issubclass(kind, Personal) and isinstance(value, str):
        return kind(value)
    message = f"expected {kind.__name__}"
    raise ValueError(message)


_encoder = msgspec.json.Encoder(enc_hook=_to_builtin)
_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}


def encode(value: object, /) -> bytes:
    """Return the JSON bytes of a vocabulary value; masked types give their plain value."""
    return _encoder.encode(value)


def decode(data: bytes | str, kind: type[T], /) -> T:
    """Return the value of type ``kind`` that ``data`` stands for; MalformedMessage names what is wrong."""
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind, dec_hook=_from_builtin)
    try:
        value: T = decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MalformedMessage(str(error)) from None
    except RecursionError:
        raise MalformedMessage("JSON nested too deeply") from None
    return value


def to_builtins(value: object, /) -> Any:
    """Return ``value`` as dicts, lists and scalars, for templates and JSON columns."""
    return msgspec.to_builtins(value, enc_hook=_to_builtin)


def encode_event(value: Event, /) -> bytes:
    """Return the envelope ``{"type": key, "data": {...}}`` of an event."""
    return encode({"type": type_of(value).key, "data": value})


class _Envelope(msgspec.Struct):
    type: str
    data: msgspec.Raw


def decode_event(data: bytes | str, /) -> Event:
    """Return the event of an envelope; MalformedMessage when the type is unknown or the data do not fit."""
    envelope = decode(data, _Envelope)
    entry = CATALOGUE.get(envelope.type)
    if entry is None:
        message = f"unknown event type {envelope.type!r}"
        raise MalformedMessage(message)
    return decode(bytes(envelope.data), entry.cls)


def json_schemas(*kinds: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return (schema of each kind, named components) with OpenAPI 3.1 references."""

    def hook(kind: type) -> dict[str, Any]:
        if issubclass(kind, Personal):
            return {"type": "string"}
        message = f"{kind.__name__} has no schema"
        raise NotImplementedError(message)

    schemas, components = msgspec.json.schema_components(
        kinds, schema_hook=hook, ref_template="#/components/schemas/{name}"
    )
    return list(schemas), components


def from_builtins(value: object, kind: type[T], /, *, strict: bool = False) -> T:
    """Return the value of type ``kind`` from dicts and scalars; MalformedMessage names what is wrong.

    As settings files have them, ``"8012"`` is a number; not so with ``strict``.
    """
    try:
        result: T = msgspec.convert(value, kind, strict=strict, dec_hook=_from_builtin)
    except msgspec.ValidationError as error:
        raise MalformedMessage(str(error)) from None
    return result
