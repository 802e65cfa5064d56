from django.db import models
from wagtail.models import DraftStateMixin, RevisionMixin


class Notice(DraftStateMixin, RevisionMixin, models.Model):
    """What a column may add one day: a line of text that appears and disappears at its time."""

    text = models.CharField(max_length=100)
    weight = models.IntegerField(default=1)

    def __str__(self) -> str:
        return self.text


class LoudNotice(Notice):
    """The same table under a second name, which must not be scheduled a second time."""

    class Meta:
        proxy = True
