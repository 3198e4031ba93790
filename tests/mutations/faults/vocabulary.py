"""Faults of the words that all rooms share."""

from tests.mutations.mutant import Mutant

TEXT = ("tests/vocabulary/test_text.py",)

MASKING = ("tests/vocabulary/masking/test_corpus.py", "tests/vocabulary/masking/test_masking.py")

MUTANTS = (
    Mutant(
        name="city-text-unchecked",
        fault="a file of a city ends in a traceback or goes on unread",
        file="hotline/city_files.py",
        old="        fault = text_fault(text)\n        if fault is not None:",
        new="        fault = text_fault(text)\n        if False and fault is not None:",
        tests=("tests/city/test_city_files.py",),
    ),
    Mutant(
        name="city-queues-unchecked",
        fault="a file of a city ends in a traceback or goes on unread",
        file="hotline/city_telephony.py",
        old="        if name not in names:",
        new="        if False:",
        tests=("tests/city/test_city_files.py",),
    ),
    Mutant(
        name="surrogates-pass",
        fault="text that cannot be stored crosses a wall",
        file="vocabulary/text.py",
        old='"\\\\ud800-\\\\udfff\\\\ufdd0-',
        new='"\\\\ufdd0-',
        tests=TEXT,
    ),
    Mutant(
        name="nul-passes",
        fault="text that cannot be stored crosses a wall",
        file="vocabulary/text.py",
        old='"\\\\x00-\\\\x08',
        new='"\\\\x01-\\\\x08',
        tests=TEXT,
    ),
    Mutant(
        name="spoken-one-unknown",
        fault="a number of a person stays in a text",
        file="vocabulary/digit_runs.py",
        old='"一幺壹": "1"',
        new='"一壹": "1"',
        tests=MASKING,
    ),
    Mutant(
        name="identity-cards-only-in-one-piece",
        fault="a number of a person stays in a text",
        file="vocabulary/number_kinds.py",
        old="    if _IDENTITY_18.fullmatch(digits) or",
        new="    if (len(number.sizes) == 1 and _IDENTITY_18.fullmatch(digits)) or",
        tests=MASKING,
    ),
    Mutant(
        name="order-numbers-masked",
        fault="what is no number of a person is masked",
        file="vocabulary/number_kinds.py",
        old="    return 15 if ends(15) and",
        new="    return 15 if False and",
        tests=MASKING,
    ),
    Mutant(
        name="numbers-taken-back-stay",
        fault="a number of a person stays in a text",
        file="vocabulary/number_kinds.py",
        old="    return start.corrected and (",
        new="    return False and (",
        tests=MASKING,
    ),
    Mutant(
        name="words-between-groups-end-a-number",
        fault="a number of a person stays in a text",
        file="vocabulary/digit_runs.py",
        old='{_SIGNS}){{0,2}}")',
        new='{_SIGNS}){{0,0}}")',
        tests=MASKING,
    ),
    Mutant(
        name="amounts-by-shape-masked",
        fault="what is no number of a person is masked",
        file="vocabulary/lettered_numbers.py",
        old="    return None if amounts or ",
        new="    return None if ",
        tests=MASKING,
    ),
    Mutant(
        name="sums-in-a-list-masked",
        fault="what is no number of a person is masked",
        file="vocabulary/number_kinds.py",
        old=" and not amounts\n",
        new="\n",
        tests=MASKING,
    ),
    Mutant(
        name="bracket-behind-an-area-code-lost",
        fault="what is no number of a person is masked",
        file="vocabulary/masking.py",
        old='    return text[plain.rindex(")")] if',
        new='    return "" if',
        tests=MASKING,
    ),
    Mutant(
        name="every-length-of-every-kind-tried",
        fault="reading takes time by the square",
        file="vocabulary/number_kinds.py",
        old="        if not self.may_begin(start):\n            return []\n        shape = self.shape\n",
        new="        shape = None\n",
        tests=("tests/vocabulary/masking/test_masking.py",),
    ),
    Mutant(
        name="sums-masked",
        fault="what is no number of a person is masked",
        file="vocabulary/number_kinds.py",
        old="    if not found or number.is_money:",
        new="    if not found:",
        tests=MASKING,
    ),
)
