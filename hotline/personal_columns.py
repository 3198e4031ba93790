"""Which columns of which tables are of a person, and how each leaves: the test of retention knows no others.

Identities, instants and figures say nothing without these columns; they stay.
"""

BY_AGE = {
    "agent_desk.session": ("source",),
    "agent_desk.known_source": ("source",),
    "agent_desk.draft": ("fields", "reply", "changed"),
    "agent_desk.callback": ("caller_phone", "done_by", "claimed_name"),
    "log.log_refused": ("body", "reason"),
}
"""Table → personal columns whose rows `hotline.retention.POLICY` removes when they are old enough."""

BY_CONTACT = {
    "log.events": ("data",),
    "agent_desk.contact": ("identity",),
    "agent_desk.call": ("caller_phone", "record_name"),
    "agent_desk.utterance": ("data",),
    "agent_desk.draft": ("fields", "reply", "changed"),
    "agent_desk.callback": ("caller_phone",),
    "work_orders.work_order": (
        "title", "content", "place", "occurred", "wish", "caller_name", "callback_phone", "identity", "reply",
        "said_names",
    ),
    "work_orders.stage_entry": ("text",),
    "work_orders.internal_note": ("text",),
    "analytics.call_fact": ("caller_digest",),
    "analytics.order_fact": ("title", "content", "place"),
    "analytics.spoken_fact": ("text",),
    "log.audit_words": ("why", "salt"),
}  # fmt: skip
"""Table → personal columns that `hotline.erasure.erase` empties, by request or when the contact is old enough."""

KEPT = {
    "agent_desk.account": (("login", "name", "password_hash"), "staff: the audit must say who an account was"),
    "work_orders.stage_entry": (("actor", "actor_name"), "staff and units: who handled an order is part of it"),
    "work_orders.internal_note": (("actor",), "staff: who wrote a note"),
    "telephony.published_settings": (("note",), "staff: why a version of the running city was published"),
    "analytics.briefing": (("html", "figures", "title", "issued_by"), "a briefing stays as it was issued"),
}
"""Table → columns that stay, and why."""

IMPERSONAL = {
    "log.events": ("type",),
    "log.log_refused": ("stream", "subject"),
    "log.written": ("stream",),
    "log.consumers": ("name", "kind", "fault"),
    "log.audit": ("what", "words_digest", "chain"),
    "agent_desk.account": ("role", "seat", "unit", "skills"),
    "agent_desk.session": ("token_digest",),
    "agent_desk.contact": ("channel",),
    "agent_desk.call": ("dialled", "line_name", "seat", "reason", "record_host"),
    "agent_desk.participant": ("party", "seat"),
    "agent_desk.draft": ("way",),
    "agent_desk.callback": ("line_name",),
    "knowledge.entry": ("code", "title"),
    "knowledge.entry_version": ("code", "checksum", "category", "content"),
    "work_orders.work_order": (
        "order_no", "channel", "kind", "category", "category_name", "district", "stage", "state", "unit",
    ),
    "work_orders.stage_entry": ("order_no", "stage"),
    "work_orders.internal_note": ("order_no",),
    "work_orders.shown_in_full": ("order_no",),
    "analytics.call_fact": ("origin", "line_name", "queue", "reason"),
    "analytics.order_fact": (
        "order_no", "origin", "kind", "category", "category_name", "leaf", "district", "stage", "unit", "unit_name",
    ),
    "analytics.spoken_fact": ("party",),
    "analytics.briefing": ("origin",),
    "telephony.published_settings": ("snapshot",),
}  # fmt: skip
"""Table → columns with text that is nobody's."""
