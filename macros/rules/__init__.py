"""What must hold beyond the data's shape: one rule, one function, one name.

every.py lists them. Each takes the data and the pages and yields a Problem for each violation. All run, and all problems
are reported together.
"""
