"""What language models are given: four tools and a resource, each answer within a budget of tokens."""
