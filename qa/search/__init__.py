"""Everything of readers' search."""
