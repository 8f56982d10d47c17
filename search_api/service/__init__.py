"""The HTTP service: routes, JSON, errors, settings."""
