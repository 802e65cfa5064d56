"""The queue, its worker, and mail."""
