"""Who may ask: API keys and their scopes, the names that the service answers to, how often one may ask."""
