"""What a client may ask of the service, as pydantic models."""
