"""Chinese analysis, all of it ours: words, characters, pinyin bigrams, fuzzy bigrams."""
