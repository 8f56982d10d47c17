"""What the commands share: options, errors, progress, printed reports."""
