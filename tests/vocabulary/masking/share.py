"""``python -m tests.vocabulary.masking.share SET``: which share of a set's numbers is masked, and of its others stays."""

import sys

from tests.vocabulary.masking.test_corpus import drawings, is_masked, is_untouched


def main(name: str, /) -> None:
    """Print recall and precision over five drawings of each line, and each line that is not right."""
    positives, others = drawings(f"{name}positives.tsv"), drawings(f"{name}look_alikes.tsv")
    missed = [one for one in positives if not is_masked(one)]
    damaged = [one for one in others if not is_untouched(one)]
    found = len(positives) - len(missed)
    for template, count in _counted([one.template for one in [*missed, *damaged]]).items():
        print(f"{count}/5\t{template}")
    print(
        f"recall {found / len(positives):.3f} ({len(missed)} of {len(positives)} missed), "
        f"precision {found / (found + len(damaged)):.3f} ({len(damaged)} of {len(others)} others damaged)"
    )


def _counted(templates: list[str], /) -> dict[str, int]:
    return {template: templates.count(template) for template in dict.fromkeys(templates)}


if __name__ == "__main__":
    main(f"{sys.argv[1]}_" if len(sys.argv) > 1 else "")
