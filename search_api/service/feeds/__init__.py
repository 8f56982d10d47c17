"""Any query as a feed: Atom, RSS and JSON Feed."""
