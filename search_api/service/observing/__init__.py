"""What is seen of a running service: log lines, metrics, traces."""
