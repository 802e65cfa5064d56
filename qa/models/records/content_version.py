"""Model behind the content version, which every change that readers can see raises."""

from django.db import models, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _


class ContentChange(models.Model):
    """One change that readers can see, or several that were added up.

    The version is the sum of all rows. A counter in a single row would stay locked from a change until its
    transaction ends, so that publications would wait for each other, and for every request of the desk; the highest
    primary key is no version either, because transactions do not commit in the order in which they took their keys.
    """

    amount = models.PositiveBigIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("change of the content")
        verbose_name_plural = _("changes of the content")

    def __str__(self) -> str:
        return str(self.amount)

    @classmethod
    def version(cls) -> int:
        """Return the content version: raised by every change, in the transaction of that change."""
        return cls.objects.aggregate(version=Sum("amount"))["version"] or 0

    @classmethod
    def add_up(cls, more_than: int = 100) -> None:
        """Replace many rows by one with their sum. Safe while changes, or another run of it, go on."""
        if cls.objects.count() <= more_than:
            return
        with transaction.atomic():
            rows = dict(cls.objects.select_for_update().order_by("pk").values_list("pk", "amount"))
            cls.objects.filter(pk__in=rows).delete()
            cls.objects.create(amount=sum(rows.values()))
