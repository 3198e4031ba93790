"""Groups of commands; ``hotline.cli`` puts them together."""
