"""How arrays and tables are stored on disk. It knows nothing of generations."""
