"""``manage.py publish_scheduled_pages``: Wagtail's older name of ``publish_scheduled``."""

from qa.management.commands.publish_scheduled import Command

__all__ = ["Command"]
