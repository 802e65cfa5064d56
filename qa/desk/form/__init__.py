"""The form in which a question is written, and what watches over it."""
