"""Signal handler that gives a new site an empty column in place of Wagtail's welcome page."""

from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext, override


def create_first_pages(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Replace Wagtail's welcome page by a front page and a question index; receiver of ``post_migrate``.

    It is not a data migration because a live page needs a live revision (a page without one goes offline when its
    next version is scheduled), and historical models cannot make one. Does nothing on a site that has its own pages.
    """
    from wagtail.models import Page, Site

    from home.models import HomePage
    from qa.models import QuestionIndexPage

    executor = MigrationExecutor(connections[using])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return  # migrated to some earlier point: the tables may not fit the models
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None or site.root_page.specific_class is not Page or HomePage.objects.exists():
        return
    welcome = site.root_page
    with transaction.atomic(), override(settings.LANGUAGE_CODE):  # `migrate` runs without a language
        held = Page.objects.select_for_update().filter(pk=welcome.pk).first()
        if held is None or HomePage.objects.exists():
            return  # another `migrate` has made them meanwhile
        front = HomePage(title=gettext("Questions and answers"), slug="home-page", live=False)
        welcome.get_parent().add_child(instance=front)
        front.save_revision().publish()
        index = QuestionIndexPage(title=gettext("All questions"), slug="questions", live=False, show_in_menus=True)
        front.add_child(instance=index)
        index.save_revision().publish()
        site.root_page = front
        # Links in previews, mails and feeds are made from these; they can be changed under Settings › Sites.
        address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
        site.hostname = address.hostname or site.hostname
        site.port = address.port or (443 if address.scheme == "https" else 80)
        site.save()
        welcome.delete()
