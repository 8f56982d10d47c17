"""Read dumps of wikis, such as those of Wikinews and Wikipedia."""
