"""What an index is and how it is made: read news, cut passages, encode, publish a generation."""
