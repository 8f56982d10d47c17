"""Read web pages and feeds, whether they are stored in files or fetched by their address."""
