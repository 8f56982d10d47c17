"""How arrays and tables lie on disk. It knows no generation."""
