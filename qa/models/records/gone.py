"""Model of the addresses of deleted questions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Older ones are forgotten: their addresses are then simply not found.
MOST_REMEMBERED = 10_000


class GoneAddress(models.Model):
    """The address of a deleted question that readers could see: it answers 410 instead of 404 (RFC 9110, 15.5.11).

    Nothing of the question is kept. ``path`` is written as ``Redirect.normalise_path`` writes it: decoded, without the
    last slash.
    """

    path = models.CharField(_("address"), max_length=600, unique=True, editable=False)
    gone_since = models.DateTimeField(_("gone since"), auto_now_add=True)

    class Meta:
        verbose_name = _("address of a deleted question")
        verbose_name_plural = _("addresses of deleted questions")

    def __str__(self) -> str:
        return self.path

    @classmethod
    def remember(cls, paths: set[str]) -> None:
        """Store addresses, and forget the oldest above ``MOST_REMEMBERED``; two queries, however many there are."""
        longest = cls._meta.get_field("path").max_length
        cls.objects.bulk_create([cls(path=path) for path in paths if len(path) <= longest], ignore_conflicts=True)
        kept = cls.objects.order_by("-pk")[MOST_REMEMBERED : MOST_REMEMBERED + 1].values("pk")
        cls.objects.filter(pk__lte=models.Subquery(kept)).delete()
