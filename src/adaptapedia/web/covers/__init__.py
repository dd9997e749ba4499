"""Typeset covers for books and title cards for screen works, as SVG drawn on the server: no grey boxes, ever.

`draw.py` is the way in. The same entry always looks the same: everything follows from its number and its words.
"""
