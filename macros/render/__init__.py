"""From the data to Markdown: pure functions without disk, clock or network. text.py holds what they share; a renderer's name
is the macro's name on pages (macros/registry.py)."""
