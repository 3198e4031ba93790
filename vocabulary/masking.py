"""Masks numbers that identify a person inside free text, so that events, lists and facts may carry the text.

What is left of each: a mobile 3 and 4 digits (``138****5678``), a landline its area code and 3, an identity
card 6 and 4, a bank card 4, a plate province and letter, an e-mail its first letter and domain, anything else nothing.
Masking twice is masking once.
"""

import re
from dataclasses import replace

from vocabulary.digit_runs import Group, digit_runs, folded
from vocabulary.lettered_numbers import Span, lettered_numbers
from vocabulary.number_kinds import LONGEST, RULES, SHORTEST, Candidate, Found, is_order_no, is_service_no

_REACH = 14
"""How many characters before a number a word may stand that says what it is."""
_CUT = re.compile(r"[。！？;!?\n\d*](?=[^。！？;!?\n\d*]*\Z)")
_ENDS_IN_X = re.compile(r"[ -]{0,2}(?:[Xx×叉]|[艾埃]克斯)")
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
        shown += _in_run(run, plain, text)
    parts, at = [], 0
    for start, end, instead in sorted(shown):
        parts += [text[at:start], instead]
        at = end
    return "".join([*parts, text[at:]])


def _in_run(run: tuple[Group, ...], plain: str, text: str) -> list[Span]:
    """Return the numbers of one run, from left to right."""
    spans: list[Span] = []
    at = 0
    while at < len(run):
        taken, span = _from(run, at, plain, text)
        spans += [span] if span else []
        while taken < len(run) and span and run[taken].start < span[1]:
            taken += 1
        at = taken
    return spans


def _from(run: tuple[Group, ...], at: int, plain: str, text: str) -> tuple[int, Span | None]:
    """Return the group to go on with, and the number that begins with group ``at`` if one does."""
    tried, ends = _candidates(run, at, plain)
    for long, number in tried.items():
        if (long == 15 and is_order_no(number)) or is_service_no(number):
            return ends[long] + 1, None
    if 17 in tried and 18 not in tried and _ENDS_IN_X.match(plain, run[ends[17]].end):
        tried[18], ends[18] = replace(tried[17], digits=f"{tried[17].digits}X"), ends[17]
    for lengths, rule in RULES:
        for long in lengths:
            found = rule(tried[long]) if long in tried else None
            if found:
                return ends[long] + 1, _span(run[at : ends[long] + 1], found, plain, text)
    return at + 1, None


def _candidates(run: tuple[Group, ...], at: int, plain: str) -> tuple[dict[int, Candidate], dict[int, int]]:
    """Return what may be one number from group ``at`` on, and its last group, both by the count of digits."""
    before = plain[max(0, run[at].start - _REACH) : run[at].start].rstrip(" ,(+")
    cut = _CUT.search(before)
    before = before[cut.end() :] if cut else before
    tried: dict[int, Candidate] = {}
    ends: dict[int, int] = {}
    digits, gaps = "", ""
    sizes: tuple[int, ...] = ()
    for last in range(at, len(run)):
        group = run[last]
        gaps += plain[run[last - 1].end : group.start] if last > at else ""
        digits, sizes = digits + group.value, (*sizes, len(group.value))
        if len(digits) > LONGEST and last > at:
            break
        if len(digits) >= SHORTEST:
            after = plain[group.end : group.end + 4]
            tried[len(digits)] = Candidate(digits=digits, sizes=sizes, gaps=gaps, before=before, after=after)
            ends[len(digits)] = last
    return tried, ends


def _span(groups: tuple[Group, ...], found: Found, plain: str, text: str) -> Span:
    places = [place for group in groups for place in range(group.start, group.end)]
    start, end = places[found.first], places[-1] + 1
    marked = _ENDS_IN_X.match(plain, end) if found.stars == "********" and len(places) == 17 else None
    extension = _EXTENSION.match(plain, end) if found.tail == 3 else None
    tail = text[end : marked.end()].strip(" -") if marked else ""
    end = marked.end() if marked else extension.end() if extension else end
    head = "".join(text[place] for place in places[found.first : found.first + found.head])
    kept = found.tail - bool(marked)
    return start, end, head + found.stars + "".join(text[place] for place in places[len(places) - kept :]) + tail
