"""The form in letters of each type of block."""
