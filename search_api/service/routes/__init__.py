"""HTTP routes, one module for each concern."""
