"""The handbook taken along: chapters.py reads the built pages, page.py makes one page of all, epub.py, pdf.py and llms.py
make the files from it."""
