"""What the command line does: `python -m macros COMMAND`. scaffold.py writes entries for contributors (words.py reads the
command, drafts.py holds files as they will be, new_topic.py and new_term.py fill them); freshness.py lists what is due."""
