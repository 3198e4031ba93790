"""Child processes that are restarted when they die or hang and never outlive their supervisor."""

from runtime.supervision.child import Child, ChildState, ChildStatus
from runtime.supervision.deathsig import die_with_parent
from runtime.supervision.living import live, say
from runtime.supervision.pulse import PERMANENT_EXIT, Pulse, Symptom, failed_line
from runtime.supervision.supervisor import ChildFailed, NotReady, Supervisor, supervise

__all__ = [
    "PERMANENT_EXIT",
    "Child",
    "ChildFailed",
    "ChildState",
    "ChildStatus",
    "NotReady",
    "Pulse",
    "Supervisor",
    "Symptom",
    "die_with_parent",
    "failed_line",
    "live",
    "say",
    "supervise",
]
