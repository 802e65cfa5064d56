"""Models of what the system keeps for itself beside the pages: no form of the desk edits their rows."""
