"""Adaptapedia: an open encyclopedia of books and the films and series made from them."""

__version__ = "0.1.0"
