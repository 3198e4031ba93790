"""Who did what, when, with which contact and why: append-only, chained under a key that the database does not hold."""

from runtime.audit.chain import AuditEntry, AuditKey
from runtime.audit.entries import HOUSE, Asked, AuditRow, NoAuditKey, erase_words, find, record
from runtime.audit.heads import Head, HeadsFault, append_head, read_heads
from runtime.audit.keeping import AuditKeyFault, ensure_key, read_key
from runtime.audit.verdict import AuditVerdict, last_head, verify
from runtime.audit.watch import AuditWatch

__all__ = [
    "HOUSE",
    "Asked",
    "AuditEntry",
    "AuditKey",
    "AuditKeyFault",
    "AuditRow",
    "AuditVerdict",
    "AuditWatch",
    "Head",
    "HeadsFault",
    "NoAuditKey",
    "append_head",
    "ensure_key",
    "erase_words",
    "find",
    "last_head",
    "read_heads",
    "read_key",
    "record",
    "verify",
]
