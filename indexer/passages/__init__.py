"""Articles to passages: where they are cut, and what of them is searched."""
