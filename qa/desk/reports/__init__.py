"""The desk's reports on the column: one module each; ``menu`` has their addresses and entries."""
