"""The bin: what is deleted is kept for some days, and comes back as it was."""
