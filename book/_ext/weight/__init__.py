"""What makes a page light: one style sheet, one script, icons in the page itself.

icons.py     the theme's icons as drawings in the page, without their font and script
styles.py    one style sheet of all, without the rules that no page of the book needs
finished.py  what is done to the pages when all of them are written
"""
