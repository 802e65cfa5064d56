"""Links to other sites: finding them, asking them."""
