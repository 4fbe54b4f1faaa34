"""The whole book as one EPUB: `make epub`.

book.py      the pages as for the PDF, each a file of its own, with links between them
lines.py     code that wraps on a narrow page
typeset.py   the files in a browser: well-formed XML, the cover
package.py   the archive: what is in it, in which order, and what it says of itself
book.css     how it looks, where the e-reader leaves it to the book
"""
