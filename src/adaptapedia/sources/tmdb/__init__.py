"""The Movie Database (TMDb), v3."""
