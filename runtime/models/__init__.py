"""Models are pinned files: what they are stands in models.lock.json, and only these bytes are used."""

from runtime.models.lock import LOCK, Model, ModelFile, read_lock
from runtime.models.store import DigestUnconfirmed, ModelDamaged, ModelMissing, ModelStore

__all__ = [
    "LOCK",
    "DigestUnconfirmed",
    "Model",
    "ModelDamaged",
    "ModelFile",
    "ModelMissing",
    "ModelStore",
    "read_lock",
]
