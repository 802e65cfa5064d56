"""Background work: the queue, its worker, and mail."""
