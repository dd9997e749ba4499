UPDATE stage_file_side AS s SET entry_id = t.id FROM {table} AS t WHERE s.kind = '{kind}' AND t.wikidata_id = s.item
