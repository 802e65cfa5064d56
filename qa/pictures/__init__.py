"""Pictures without what readers need not have: metadata is removed when one is stored, and from those that are."""
