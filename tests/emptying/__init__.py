"""An app of the tests alone: empties the database after each test that commits."""
