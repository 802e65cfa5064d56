"""Abstract model of an address elsewhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Orderable


class Link(Orderable):
    """Where else somebody is to be found; the owner is the subclass's parental key."""

    label = models.CharField(_("label"), max_length=60, help_text=_("What readers see, such as “Mastodon”."))
    url = models.URLField(_("address"), help_text=_("Where the link leads."))

    panels = [FieldPanel("label"), FieldPanel("url")]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.label
