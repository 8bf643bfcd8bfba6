"""Policy: the seeds that a reviewer changes, read and checked before any work."""
