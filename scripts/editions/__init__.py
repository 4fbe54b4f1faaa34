"""The book in other forms than the site: each is made from the built site.

pdf/         one PDF: `make pdf`
epub/        an EPUB: `make epub`
offline.py   one archive of the site and all that runs: `make offline`

What they share:

command.py   where things are, what goes wrong, what is said at the end
archive.py   a zip that comes out the same each time
about.py     title, authors, version, imprint
pages.py     the built pages, in the order of the contents
names.py     one set of names for all pages, and links that follow
answers.py   hints, solutions and answers, moved to the end of the book
blocks.py    folded parts, questions and buttons, made fit for a book
contents.py  title page, imprint, contents, openings of the parts
document.py  all of this, in one go, and the HTML around it
"""
