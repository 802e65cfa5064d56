"""Link checking: which sites published answers link to, and whether they still answer."""
