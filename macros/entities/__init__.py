"""What has files of its own and is not part of the map: radar, history, queries, labs and diagrams, each whole (shape, rules, what
pages show). edition.py joins them with the handbook; files.py names the data files and their schemas."""
