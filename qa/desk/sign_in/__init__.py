"""Signing in to the desk: how often one may try, what is asked for, who is still who they were, and where else."""
