"""Dates of publication, in every notation that means one day, at the precision of their source."""
