"""The form as it was last saved, and how two writers' changes come together: field by field, never over each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from vocabulary.errors import ChangedMeanwhile, FieldError
from vocabulary.orders import Draftable, Way
from vocabulary.text import text_fault

LONGEST_VALUE = 4000
"""Characters of one field of the form, the reply points included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftValue:
    """A value of the form and whether a person typed it: typed text is never replaced by a proposal."""

    value: str = field(repr=False)
    typed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """The form as last saved: all that is on it. ``revision`` grows by one with each save that changed something."""

    revision: int
    values: dict[Draftable, DraftValue] = field(repr=False)
    confidential: bool = False
    """保密."""
    reply: str = field(default="", repr=False)
    """答复要点."""
    way: Way = Way.OPEN
    """直办 or 转办."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPatch:
    """What a page changed since ``revision``: only the changed fields; None leaves a thing as it is."""

    revision: int
    values: dict[Draftable, DraftValue] = field(default_factory=dict, repr=False)
    confidential: bool | None = None
    reply: str | None = field(default=None, repr=False)
    way: Way | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """A draft with the revision at which each of its fields last changed."""

    draft: SavedDraft = field(default_factory=lambda: SavedDraft(revision=0, values={}))
    changed: Mapping[str, int] = field(default_factory=dict)


def check_patch(patch: DraftPatch, /) -> None:
    """Raise FieldError for every text of a patch that cannot be kept."""
    texts = {name.value: value.value for name, value in patch.values.items()}
    if patch.reply is not None:
        texts["reply"] = patch.reply
    faults = {name: fault for name, text in texts.items() if (fault := text_fault(text, longest=LONGEST_VALUE))}
    if faults:
        raise FieldError(faults)


def merge(kept: KeptDraft, patch: DraftPatch, /) -> KeptDraft:
    """Return the draft with the patch on it.

    A field that somebody changed after ``patch.revision``, and that the patch sets to another value, belongs to
    nobody: ChangedMeanwhile ``draft-changed`` names all such fields and nothing of the patch is taken. A revision
    that was never given out knows nothing, so every change of such a patch is refused.
    """
    draft = kept.draft
    wanted = {name: new for name, new in _wanted(patch).items() if not _is(draft, name, new)}
    ahead = patch.revision > draft.revision
    lost = [name for name in wanted if ahead or kept.changed.get(name, 0) > patch.revision]
    if lost:
        raise ChangedMeanwhile(
            "draft-changed", "草稿已在另一页面改动，请选择保留哪一个", fields=dict.fromkeys(lost, "已在另一页面改动")
        )
    values = {**draft.values, **{name: _value(draft, name, new) for name, new in patch.values.items()}}
    merged = SavedDraft(
        revision=draft.revision,
        values=values,
        confidential=draft.confidential if patch.confidential is None else patch.confidential,
        reply=draft.reply if patch.reply is None else patch.reply,
        way=draft.way if patch.way is None else patch.way,
    )
    if merged == draft:
        return kept
    revision = draft.revision + 1
    return KeptDraft(
        draft=SavedDraft(
            revision=revision, values=values, confidential=merged.confidential, reply=merged.reply, way=merged.way
        ),
        changed={**kept.changed, **dict.fromkeys(wanted, revision)},
    )


def _wanted(patch: DraftPatch) -> dict[str, object]:
    whole = {"confidential": patch.confidential, "reply": patch.reply, "way": patch.way}
    wanted: dict[str, object] = {name.value: value.value for name, value in patch.values.items()}
    return wanted | {name: value for name, value in whole.items() if value is not None}


def _is(draft: SavedDraft, name: str, new: object) -> bool:
    """Whether a field of the draft has that value already; an untouched field is empty."""
    if name in {"confidential", "reply", "way"}:
        return bool(getattr(draft, name) == new)
    old = draft.values.get(Draftable(name))
    return (old.value if old else "") == new


def _value(draft: SavedDraft, name: Draftable, new: DraftValue) -> DraftValue:
    """What a person typed stays typed, when a page that saw only the proposal saves the same text."""
    old = draft.values.get(name)
    typed = new.typed or (old is not None and old.typed and old.value == new.value)
    return DraftValue(value=new.value, typed=typed)
