"""The desk's reports: one module each; ``menu`` has the addresses and entries of those on questions."""
