"""Topics and experts: their lists and forms, merging, deleting safely."""
