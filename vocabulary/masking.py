"""Masks numbers that identify a person inside free text, so that events, lists and facts may carry the text.

What is left of each: a mobile 3 and 4 digits (``138****5678``), a landline its area code and 3, an identity
card 6 and 4, a bank card 4, a plate province and letter, an e-mail its first letter and domain, anything else nothing.
Masking twice is masking once.
"""

import re
from itertools import accumulate, pairwise

from vocabulary.digit_runs import CALLER, CORRECTION, TURN, Group, digit_runs, folded
from vocabulary.lettered_numbers import Span, lettered_numbers
from vocabulary.number_kinds import (
    KINDS,
    LONGEST,
    SHORTEST,
    Candidate,
    Found,
    Start,
    Words,
    everybodys,
    may_begin,
)

_REACH = 14
"""How many characters before a number a word may stand that says what it is."""
_CUT = re.compile(rf"[。！？;!?\n\d*](?!{CALLER}[嗯呃是,… ]*$)")
"""What ends the words before a number: not the end of the question that the number answers."""
_ENDS_IN_X = re.compile(r"[ ,-]{0,2}(?:[大小]写的?)?(?:[Xx×叉]|[艾埃]克斯)")
_EXTENSION = re.compile(r" ?(?:转|分机号?|ext\.?) ?\d{1,6}|-\d{1,5}(?!\d)")


def masked_text(text: str, /) -> str:
    """Return ``text``, never longer, with the numbers of persons masked; time is linear in its length.

    Order numbers, service numbers (12345, 95588, 400…), dates, sums, doors, documents, buses and codes stay.
    """
    plain = folded(text)
    shown: list[Span] = []
    for span in sorted(lettered_numbers(plain)):
        if not shown or span[0] >= shown[-1][1]:
            shown.append(span)
    for start, end, _ in shown:
        plain = plain[:start] + "*" * (end - start) + plain[end:]
    for run in digit_runs(plain):
        shown += _Run(run, plain, text).spans()
    parts, at = [], 0
    for start, end, instead in sorted(shown):
        parts += [text[at:start], instead]
        at = end
    return "".join([*parts, text[at:]])


class _Run:
    """One run of digits: what begins at which of its groups. Lengths are looked up, not gone through."""

    def __init__(self, groups: tuple[Group, ...], plain: str, text: str) -> None:
        self._groups = groups
        self._plain = plain
        self._text = text
        self._digits = "".join(group.value for group in groups)
        self._ends = list(accumulate(len(group.value) for group in groups))
        self._last = {end: number for number, end in enumerate(self._ends)}
        self._sizes = tuple(len(group.value) for group in groups)
        self._repeated = any(group.repeated for group in groups)
        self._gaps = [plain[one.end : other.start] for one, other in pairwise(groups)]
        words = Words(self._before(0))
        self._of_a_ticket = words.other and not words.phone
        self._corrected = [number for number, gap in enumerate(self._gaps) if CORRECTION.search(gap)]

    def spans(self) -> list[Span]:
        """Return the numbers of the run, from left to right."""
        found: list[Span] = []
        at = 0
        while at < len(self._groups):
            taken, spans = self._from(at)
            found += spans
            while taken < len(self._groups) and spans and self._groups[taken].start < spans[-1][1]:
                taken += 1
            at = taken
        return found

    def _from(self, at: int) -> tuple[int, list[Span]]:
        """Return the group to go on with, and the pieces of the number that begins with group ``at`` if one does."""
        begin = self._ends[at - 1] if at else 0
        first = len(self._groups[at].value)
        digits = self._digits[begin : begin + max(first, LONGEST)]
        corrected = bool(self._corrected) and at <= self._corrected[-1]
        if len(digits) < SHORTEST:
            return at + 1, []
        words = Words(self._before(at))
        known = everybodys(digits, lambda long: self._last.get(begin + long, -1) >= at)
        if known and not (words.account and known > first):
            return self._last[begin + known] + 1, []
        words.other = words.other or (self._of_a_ticket and at > 0 and first <= 4)
        start = Start(digits, first, words, corrected)
        if not may_begin(start):
            return at + 1, []
        for kind in KINDS:
            for long in kind.asked(start):
                number, last = self._candidate(start, at, long)
                found = kind.rule(number) if number else None
                if found:
                    return last + 1, _spans(self._groups[at : last + 1], found, self._plain, self._text)
        return at + 1, []

    def _before(self, at: int) -> str:
        """Return the words within reach before a group, up to the end of a sentence or another number."""
        start = self._groups[at].start
        before = self._plain[max(0, start - _REACH) : start].rstrip(" ,(+…")
        return _CUT.split(before)[-1]

    def _candidate(self, start: Start, at: int, long: int) -> tuple[Candidate | None, int]:
        """Return what may be one number of ``long`` digits from group ``at`` on, and its last group."""
        begin = self._ends[at] - start.first
        last = self._last.get(begin + long)
        ends_in_x = last is None and long == 18
        if ends_in_x:
            last = self._last.get(begin + 17)
        if last is None or last < at:
            return None, at
        end = self._groups[last].end
        if ends_in_x and not _ENDS_IN_X.match(self._plain, end):
            return None, at
        number = Candidate(
            digits=start.digits[: long - ends_in_x] + "X" * ends_in_x,
            sizes=self._joined(at, last) if self._repeated else self._sizes[at : last + 1],
            gaps="".join(self._gaps[at:last]),
            words=start.words,
            after=self._plain[end : end + 4],
        )
        return number, last

    def _joined(self, at: int, last: int) -> tuple[int, ...]:
        """Return the sizes of groups with 三个零 counted to what it is said together with."""
        sizes = [self._sizes[at]]
        for number in range(at + 1, last + 1):
            together = self._groups[number].repeated or self._groups[number - 1].repeated
            if together and not self._gaps[number - 1]:
                sizes[-1] += self._sizes[number]
            else:
                sizes.append(self._sizes[number])
        return tuple(sizes)


def _spans(groups: tuple[Group, ...], found: Found, plain: str, text: str) -> list[Span]:
    """Return a number in one piece, or in as many as there are turns of who says it: what the other says stays."""
    start, end, shown = _span(groups, found, plain, text)
    edges = [start]
    for one, other in pairwise(groups):
        turns = one.end > start and TURN.search(plain, one.end, other.start)
        edges += [one.end, other.start] if turns else []
    edges.append(end)
    if len(edges) == 2:
        return [(start, end, shown)]
    return [(left, right, "****"[: right - left]) for left, right in zip(edges[::2], edges[1::2], strict=True)]


def _span(groups: tuple[Group, ...], found: Found, plain: str, text: str) -> Span:
    places = [place for group in groups for place in group.places]
    start, end = places[found.first] if found.first else groups[0].start, groups[-1].end
    marked = _ENDS_IN_X.match(plain, end) if found.stars == "********" and len(places) == 17 else None
    extension = _EXTENSION.match(plain, end) if found.tail == 3 else None
    tail = text[end : marked.end()].strip(" -") if marked else ""
    end = marked.end() if marked else extension.end() if extension else end
    head = "".join(text[place] for place in places[found.first : found.first + found.head])
    kept = found.tail - bool(marked)
    closing = _closing(plain[start:end], text[start:end])
    shown = f"{head}{closing}{found.stars}" if head else f"{found.stars}{closing}"
    last = "".join(text[place] for place in places[len(places) - kept :])
    return start, end, f"{shown}{last}{tail}"[: end - start]


def _closing(plain: str, text: str) -> str:
    """Return the bracket that closes within a number what was opened before it, as it is written."""
    return text[plain.rindex(")")] if plain.count(")") > plain.count("(") else ""
