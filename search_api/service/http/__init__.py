"""What holds for every request and response, whichever route: layers of ASGI around the application."""
