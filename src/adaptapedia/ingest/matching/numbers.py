"""What is said of numbers of TMDb's: conditions of SQL on x, a row of the external ids of screen works."""

REF = "CASE x.scheme WHEN 'tmdb_movie' THEN 'movie/' ELSE 'tv/' END || x.value"
"""The number as TMDb's addresses have it."""
_SAID = """(x.source <> 'person' AND EXISTS (
            SELECT FROM ingest_match AS word WHERE word.screen_work_id = x.screen_work_id AND ({said})))"""
_NOT_IT = f"""word.state = 'none' OR {REF} = ANY(word.refused)
                OR (word.state = 'accepted' AND word.decided_at IS NOT NULL AND word.ref <> {REF})"""
REFUSED = _SAID.format(said=_NOT_IT)
"""Whether a person has said that it is not the one, or that another is."""
NOT_TAKEN = _SAID.format(said=f"{_NOT_IT} OR (word.state = 'open' AND word.ref = {REF})")
"""Whether that, or it waits for a person: nothing of its title is shown."""
