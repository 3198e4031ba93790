"""The spoken files of a city: telephone prompts and dialogues of the demo, rendered once and shipped as A-law."""

from hotline.voices.render import Rendered, render

__all__ = ["Rendered", "render"]
