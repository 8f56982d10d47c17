"""A query to its answer, from the generation that answers."""
