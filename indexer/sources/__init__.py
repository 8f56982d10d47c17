"""Read news in many formats: there is one module for each format, and each yields articles and notices."""
