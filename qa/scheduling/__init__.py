"""Scheduled publishing: finding what is due, publishing it, and telling when that fails."""
