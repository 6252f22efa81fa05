"""SQL of `flows.release`, one statement a file."""
