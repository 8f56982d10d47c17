"""Read in a process of its own what could end the process that reads it, or take its memory or its time."""
