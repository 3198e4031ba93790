"""What the knowledge base is told at start."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeConfig:
    """``index`` is a folder of ours alone (a cache, may be deleted); ``city`` holds three files.

    They are entries.jsonl, categories.json and places.json, whose names are taken out of what callers say.

    An empty ``search_url`` means the embedded engine; otherwise Elasticsearch 8.19 answers within
    ``search_timeout_ms`` or the embedded one does. ``load_entries`` False leaves PostgreSQL's entries as they are.
    """

    index: str
    city: str
    zone: str = "Asia/Shanghai"
    load_entries: bool = True
    search_url: str = ""
    search_user: str = ""
    search_password: str = field(default="", repr=False)
    search_alias: str = "hotline-knowledge"
    search_timeout_ms: int = 300
    threads: int = 2
