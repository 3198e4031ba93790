"""Two pages of one form: no change is lost, none is overwritten without a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_desk.drafting.draft import DraftPatch, DraftValue, KeptDraft, SavedDraft, check_patch, merge
from vocabulary.errors import ChangedMeanwhile, FieldError
from vocabulary.orders import Draftable, Way

NAMES = (Draftable.TITLE, Draftable.PLACE, Draftable.CALLBACK_PHONE)
TEXTS = st.sampled_from(["", "甲", "乙", "丙"])


@st.composite
def changes(draw: st.DrawFn) -> dict[str, object]:
    values = draw(st.dictionaries(st.sampled_from(NAMES), st.builds(DraftValue, value=TEXTS, typed=st.booleans())))
    return {
        "values": values,
        "confidential": draw(st.none() | st.booleans()),
        "reply": draw(st.none() | TEXTS),
        "way": draw(st.none() | st.sampled_from(list(Way))),
    }


def shown(draft: SavedDraft) -> dict[str, object]:
    """The form as a page shows it, an untouched field as empty."""
    values = {name.value: draft.values[name].value if name in draft.values else "" for name in NAMES}
    return {**values, "confidential": draft.confidential, "reply": draft.reply, "way": draft.way}


def asked(patch: DraftPatch) -> dict[str, object]:
    whole = {"confidential": patch.confidential, "reply": patch.reply, "way": patch.way}
    return {name.value: value.value for name, value in patch.values.items()} | {
        name: value for name, value in whole.items() if value is not None
    }


def tried(kept: KeptDraft, patch: DraftPatch) -> tuple[KeptDraft, set[str]]:
    """Return the draft after the patch, and the fields for which it was refused."""
    try:
        return merge(kept, patch), set()
    except ChangedMeanwhile as refused:
        return kept, set(refused.fields)


@given(st.lists(st.tuples(st.integers(0, 1), changes(), st.booleans()), max_size=12))
def test_no_change_of_two_writers_is_lost_or_silently_overwritten(
    saves: list[tuple[int, dict[str, object], bool]],
) -> None:
    kept = KeptDraft()
    known, taken = [0, 0], 0
    unseen: list[set[str]] = [set(), set()]
    for writer, change, reads_first in saves:
        if reads_first:
            known[writer], unseen[writer] = kept.draft.revision, set()
        patch = DraftPatch(revision=known[writer], **change)  # type: ignore[arg-type] # the fields of a patch
        before = shown(kept.draft)
        changed = {name: value for name, value in asked(patch).items() if before[name] != value}
        kept, refused = tried(kept, patch)
        assert refused == changed.keys() & unseen[writer]
        assert shown(kept.draft) == (before if refused else before | changed)
        if not refused:
            taken += 1
            known[writer], unseen[writer] = kept.draft.revision, set()
            unseen[1 - writer] |= changed.keys()
    assert kept.draft.revision <= taken


def test_a_save_that_changes_nothing_makes_no_revision() -> None:
    patch = DraftPatch(revision=0, values={Draftable.TITLE: DraftValue(value="甲", typed=True)}, way=Way.DIRECT)
    once = merge(KeptDraft(), patch)

    assert merge(once, patch) is once
    assert once.draft.revision == 1


def test_a_page_that_saw_only_the_proposal_does_not_untype_the_same_text() -> None:
    typed = merge(KeptDraft(), DraftPatch(revision=0, values={Draftable.TITLE: DraftValue(value="甲", typed=True)}))
    again = merge(typed, DraftPatch(revision=0, values={Draftable.TITLE: DraftValue(value="甲", typed=False)}))

    assert again.draft.values[Draftable.TITLE].typed


def test_a_revision_that_was_never_given_out_changes_nothing() -> None:
    with pytest.raises(ChangedMeanwhile) as refused:
        merge(KeptDraft(), DraftPatch(revision=2**40, reply="甲"))

    assert set(refused.value.fields) == {"reply"}


def test_a_text_that_cannot_be_kept_is_refused_by_its_field() -> None:
    values = {
        Draftable.TITLE: DraftValue(value="停\x00水", typed=True),
        Draftable.WISH: DraftValue(value="好", typed=True),
    }

    with pytest.raises(FieldError) as refused:
        check_patch(DraftPatch(revision=0, values=values, reply="答" * 4001))

    assert set(refused.value.fields) == {"title", "reply"}
