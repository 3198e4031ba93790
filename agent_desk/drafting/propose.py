"""From the finals of a talk to the proposals for the order form."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent_desk.drafting import phrases
from agent_desk.drafting.numerals import spoken_phone
from agent_desk.drafting.places import PlaceFound, PlaceName, find_places
from agent_desk.ports import CategoryGuess
from vocabulary.audio import Party
from vocabulary.ids import CategoryCode
from vocabulary.masking import masked_text
from vocabulary.orders import Draftable, DraftField, RequestKind
from vocabulary.personal import PhoneNumber
from vocabulary.speech import Utterance

CONTENT_LIMIT = 400
SOUND_ONLY = 0.62
EXACT = 0.9
MAX_WORD = 12
CHIP_ONLY = 0.5
_USUAL_KINDS = (
    RequestKind.HELP,
    RequestKind.COMPLAINT,
    RequestKind.CONSULT,
    RequestKind.REPORT,
    RequestKind.SUGGESTION,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What proposals are made from. ``syllables`` has one entry for each character of all caller finals joined."""

    utterances: Sequence[Utterance] = field(repr=False)
    syllables: Sequence[str] = field(repr=False)
    guesses: Sequence[CategoryGuess] = field(repr=False)
    caller: PhoneNumber


def caller_text(utterances: Sequence[Utterance], /) -> str:
    """Return the caller's finals in the order given, call by call in call time, joined without separators."""
    return "".join(utterance.text for utterance in _of_caller(utterances))


def _of_caller(utterances: Sequence[Utterance]) -> list[Utterance]:
    return [utterance for utterance in utterances if utterance.party is Party.CALLER and utterance.text.strip()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A category as drafting knows it: the last name of its path, and what kinds of request it takes."""

    name: str
    kinds: frozenset[RequestKind]


class _Sources:
    """Which utterance, hence which call time, a character of the joined text comes from."""

    def __init__(self, utterances: Sequence[Utterance]) -> None:
        self._spoken = _of_caller(utterances)

    def at(self, offset: int) -> int:
        for utterance in self._spoken:
            if offset < len(utterance.text):
                return utterance.start_ms
            offset -= len(utterance.text)
        return self._spoken[-1].start_ms

    def each(self, find: Callable[[str], phrases.Phrase | None]) -> tuple[phrases.Phrase, int] | None:
        """Return the surest phrase over all utterances with the call time of its utterance; later ones win ties."""
        found = [(phrase, spoken.start_ms) for spoken in self._spoken if (phrase := find(spoken.text))]
        return max(found, key=lambda pair: (pair[0].confidence, pair[1])) if found else None

    def longest(self) -> Utterance:
        return max(self._spoken, key=lambda utterance: len(utterance.text))


def propose(
    talk: Said, /, *, gazetteer: Sequence[PlaceName], leaves: Mapping[CategoryCode, Leaf]
) -> tuple[DraftField, ...]:
    """Return at most one proposal a field, in the order of the form; nothing before the caller has spoken.

    Numbers are masked in every proposal. ``leaves`` are the categories of the city.
    """
    text = caller_text(talk.utterances)
    if not text:
        return ()
    sources = _Sources(talk.utterances)
    places = find_places(text, syllables=talk.syllables, gazetteer=gazetteer)
    category = _category(talk, text, sources)
    leaf = leaves.get(CategoryCode(category.value)) if category else None
    found: dict[Draftable, DraftField | None] = {
        Draftable.KIND: _phrase(Draftable.KIND, sources.each(phrases.request_kind)) or _usual_kind(category, leaf),
        Draftable.CATEGORY: category,
        Draftable.DISTRICT: _district(places, sources),
        Draftable.PLACE: _place(places, text, sources),
        Draftable.OCCURRED: _phrase(Draftable.OCCURRED, sources.each(phrases.occurred)),
        Draftable.CONTENT: _content(sources, talk),
        Draftable.WISH: _phrase(Draftable.WISH, sources.each(phrases.wish)),
        Draftable.CALLER_NAME: _phrase(Draftable.CALLER_NAME, sources.each(phrases.person_name)),
        Draftable.CALLBACK_PHONE: _phone(talk, text, sources),
    }
    title = _title(found[Draftable.PLACE] or found[Draftable.DISTRICT], category, leaf)
    return tuple(_without_numbers(proposal) for proposal in (title, *found.values()) if proposal is not None)


def _without_numbers(proposal: DraftField) -> DraftField:
    """A proposal unmasks nothing: whoever needs a number in full types it or asks for it."""
    return replace(proposal, value=masked_text(proposal.value), source=masked_text(proposal.source))


def _phrase(name: Draftable, found: tuple[phrases.Phrase, int] | None) -> DraftField | None:
    if found is None:
        return None
    phrase, at_ms = found
    return DraftField(name=name, value=phrase.value, source=phrase.said, source_ms=at_ms, confidence=phrase.confidence)


def _usual_kind(category: DraftField | None, leaf: Leaf | None) -> DraftField | None:
    """Propose, as a chip only, what a matter usually is when no word told: help, complaint, then a question."""
    if category is None or leaf is None:
        return None
    kind = next((kind for kind in _USUAL_KINDS if kind in leaf.kinds), None)
    if kind is None:
        return None
    return DraftField(
        name=Draftable.KIND,
        value=kind.value,
        source=category.source,
        source_ms=category.source_ms,
        confidence=min(category.confidence, CHIP_ONLY),
    )


def _category(talk: Said, text: str, sources: _Sources) -> DraftField | None:
    if not talk.guesses:
        return None
    best = talk.guesses[0]
    word = best.matched[0] if best.matched else ""
    offset = text.find(word) if word else 0
    return DraftField(
        name=Draftable.CATEGORY,
        value=best.category,
        source="、".join(best.matched) or sources.longest().text[:MAX_WORD],
        source_ms=sources.at(max(offset, 0)),
        confidence=best.confidence,
    )


def _district(places: Sequence[PlaceFound], sources: _Sources) -> DraftField | None:
    if not places:
        return None
    named = [hit for hit in places if hit.place.name == hit.place.district]
    hit = (named or list(places))[0]
    return DraftField(
        name=Draftable.DISTRICT,
        value=hit.place.district,
        source=hit.said,
        source_ms=sources.at(hit.start),
        confidence=EXACT if hit.exact else SOUND_ONLY,
    )


def _place(places: Sequence[PlaceFound], text: str, sources: _Sources) -> DraftField | None:
    inner = sorted((hit for hit in places if hit.place.name != hit.place.district), key=lambda hit: hit.start)
    if not inner:
        return None
    first = inner[0]
    near = [hit for hit in inner if hit.start - first.end <= 4 or hit is first]
    tail = _house_number(text[near[-1].end :])
    return DraftField(
        name=Draftable.PLACE,
        value="".join(hit.place.name for hit in near) + tail,
        source=text[first.start : near[-1].end] + tail,
        source_ms=sources.at(first.start),
        confidence=EXACT if all(hit.exact for hit in near) else SOUND_ONLY,
    )


def _house_number(rest: str) -> str:
    """Return what follows a street name as 12号, 三栋二单元 …, else nothing."""
    number = phrases.HOUSE_NUMBER.match(rest)
    return number.group() if number else ""


def _content(sources: _Sources, talk: Said) -> DraftField:
    said = [phrases.without_fillers(utterance.text) for utterance in _of_caller(talk.utterances)]
    body = "；".join(part.rstrip("。，？！,.?!") for part in said if len(part) > 1)
    clipped = body if len(body) <= CONTENT_LIMIT else f"{body[: CONTENT_LIMIT - 1]}…"
    longest = sources.longest()
    return DraftField(
        name=Draftable.CONTENT,
        value=f"诉求人反映：{clipped}。",
        source=longest.text[:40],
        source_ms=longest.start_ms,
        confidence=0.65,
    )


def _phone(talk: Said, text: str, sources: _Sources) -> DraftField | None:
    spoken = spoken_phone(text)
    if spoken:
        digits, said = spoken
        return DraftField(
            name=Draftable.CALLBACK_PHONE,
            value=PhoneNumber(digits).masked(),
            source=PhoneNumber(digits).masked(),
            source_ms=sources.at(max(text.find(said), 0)),
            confidence=0.8,
        )
    if talk.caller.reveal():
        return DraftField(
            name=Draftable.CALLBACK_PHONE, value=talk.caller.masked(), source="来电号码", source_ms=0, confidence=0.9
        )
    return None


def _title(where: DraftField | None, category: DraftField | None, leaf: Leaf | None) -> DraftField | None:
    if category is None or leaf is None:
        return None
    place = where.value if where else ""
    return DraftField(
        name=Draftable.TITLE,
        value=f"{place}{leaf.name}问题",
        source="、".join(part.source for part in (where, category) if part),
        source_ms=category.source_ms,
        confidence=min(category.confidence, where.confidence if where else 0.6),
    )
