"""The commands of the service: ``dateline serve``, ``dateline config`` and ``dateline keys``."""
