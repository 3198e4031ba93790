"""Child processes that are restarted when they die and never outlive their supervisor."""

from runtime.supervision.child import Child, ChildState, ChildStatus
from runtime.supervision.deathsig import die_with_parent
from runtime.supervision.supervisor import NotReady, Supervisor, supervise

__all__ = ["Child", "ChildState", "ChildStatus", "NotReady", "Supervisor", "die_with_parent", "supervise"]
