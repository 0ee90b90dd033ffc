"""From files to entities: problems.py (the grammar of errors), fields.py, handbook.py (the shape), places.py (YAML with
places), load.py (data to entities), manuscript.py (what a page's text holds), paths.py (where everything lies)."""
