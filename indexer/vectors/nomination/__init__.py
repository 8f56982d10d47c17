"""Nomination indexes: compressed vectors among which candidates for the nearest are found."""
