"""The bin at the desk: what was deleted, by whom, until when it is kept, and the way back."""
