"""Web pages and feeds, saved or fetched, to articles."""
