"""From files to entities: problems.py (the grammar of errors), fields.py, handbook.py (the shape), places.py (YAML with
places), load.py (data to entities), manuscript.py (what a page's text holds), front_matter.py (what stands above it),
navigation.py (the order of the pages), paths.py (where everything lies)."""
