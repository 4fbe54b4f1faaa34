"""The whole book as one PDF: `make pdf`.

pages.py     the built pages, in the order of the contents
answers.py   hints, solutions and answers, moved to the end of the book
contents.py  title page, imprint, contents, openings of the parts
blocks.py    code, tables and folded parts, made fit for paper
document.py  one document of all pages, with one set of names
faces.py     the book's typefaces, one file for each weight
layout.py    the document in a browser: mathematics, sizes, printing
finish.py    what the PDF says of itself, and where its names lead
book.css     how it looks
"""
