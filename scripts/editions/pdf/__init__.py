"""The whole book as one PDF: `make pdf`.

document.py  one document of all pages, with their numbers
code.py      code that fits the width of a sheet
faces.py     the book's typefaces, one file for each weight
layout.py    the document in a browser: sizes, printing
finish.py    what the PDF says of itself, and where its names lead
book.css     how it looks
"""
