"""Text → token strings of four channels. Both engines index and search exactly these, by white space."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from knowledge.analysis.fillers import is_chinese, runs
from knowledge.analysis.syllables import Syllables, bigrams

ANALYSIS = 1
"""Count up when this file, fillers or syllables change what is indexed: every index is then rebuilt."""
QUERY_TOKENS = 200
"""Tokens of a channel that a query keeps, the weightiest first."""


class Segmenter(Protocol):
    """Cuts a stretch of Chinese into words, long words also into their parts."""

    @property
    def version(self) -> str:
        """What the cut depends on besides the user dictionary."""
        ...

    def cut(self, text: str, /) -> list[str]:
        """Return the words in order of appearance."""
        ...

    def knows(self, word: str, /) -> bool:
        """Return whether it is a word of the language or of the user dictionary."""
        ...


class Channel(StrEnum):
    """What a token is."""

    WORDS = "w"
    CHARACTERS = "c"
    PINYIN = "p"
    FUZZY = "f"


CHANNEL_WEIGHT: Mapping[Channel, float] = {
    Channel.WORDS: 0.5,
    Channel.CHARACTERS: 1.0,
    Channel.PINYIN: 1.0,
    Channel.FUZZY: 0.5,
}
"""Measured best on real recogniser errors: raw BM25 sum .5w + 1c + 1p + .5f."""
HEAD_WEIGHT, BODY_WEIGHT = 2.0, 1.0
Tokens = Mapping[Channel, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenQuery:
    """What is asked of an engine: channel → token → weight. Empty finds nothing."""

    terms: Mapping[Channel, Mapping[str, float]]

    @property
    def empty(self) -> bool:
        """Whether there is no token at all."""
        return not any(self.terms.values())


class Analyzer:
    """Makes tokens; ``version`` changes whenever the same text would give others."""

    def __init__(self, *, segmenter: Segmenter, syllables: Syllables, user_words: Iterable[str] = ()) -> None:
        self._segmenter = segmenter
        self.syllables = syllables
        words = "\n".join(sorted(set(user_words)))
        self.version = f"{ANALYSIS}-{segmenter.version}-{hashlib.sha256(words.encode()).hexdigest()[:12]}"

    def is_misheard(self, said: str, /, *, word: str) -> bool:
        """Return whether ``said`` is no word at all and sounds exactly like the word ``word``: 听睡 for 停水."""
        alike = self.syllables.exact(said) == self.syllables.exact(word)
        return alike and self.is_word(word) and not self.is_word(said)

    def is_word(self, text: str, /) -> bool:
        """Return whether the segmenter's dictionary has it."""
        return self._segmenter.knows(text)

    def tokens(self, stretches: Iterable[str], /) -> Tokens:
        """Return the tokens of stretches as ``fillers.runs`` gives them, with repetition."""
        found: dict[Channel, list[str]] = {channel: [] for channel in Channel}
        for run in stretches:
            if is_chinese(run):
                found[Channel.WORDS] += self._segmenter.cut(run)
                found[Channel.CHARACTERS] += run
                found[Channel.PINYIN] += bigrams(self.syllables.exact(run))
                found[Channel.FUZZY] += bigrams(self.syllables.fuzzy(run))
            else:
                found[Channel.WORDS].append(run)
                found[Channel.CHARACTERS].append(run)
        return found

    def of_text(self, text: str, /) -> Tokens:
        """Return the tokens of a written text."""
        return self.tokens(runs(text))


def weighted(parts: Iterable[tuple[Tokens, float]], /) -> TokenQuery:
    """Return one query of several parts; a token counts once, with its greatest weight."""
    terms: dict[Channel, dict[str, float]] = {channel: {} for channel in Channel}
    for tokens, weight in parts:
        for channel, names in tokens.items():
            of_channel = terms[channel]
            for name in names:
                of_channel[name] = max(weight, of_channel.get(name, 0.0))
    for channel, of_channel in terms.items():
        if len(of_channel) > QUERY_TOKENS:
            kept = sorted(of_channel.items(), key=lambda pair: -pair[1])[:QUERY_TOKENS]
            terms[channel] = dict(kept)
    return TokenQuery(terms=terms)
