"""Readers' search, all of it."""
