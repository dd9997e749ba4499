"""Which title of TMDb a screen work is: what we know of it, how alike the two are, what was decided."""
