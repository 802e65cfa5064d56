"""What is due, publishing it, and telling when that fails."""
