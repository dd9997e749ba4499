"""What TMDb and Open Library bring beside the catalogue: asked for in fair order, merged a batch at a time."""
