"""Old name of ``qa.search.tables``, kept for migration 0002, which imports it."""

from qa.search.tables import *  # noqa: F403
