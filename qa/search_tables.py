"""The place of ``qa.search.tables`` until 2026-11: migration 0002 names it, and a migration is never edited."""

from qa.search.tables import *  # noqa: F403
