"""Models of the links and pictures of published answers. Written by ``qa.links``, never by hand."""

from datetime import datetime
from hashlib import sha256

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qa.models.question import QuestionPage

#: Days on which a link must have failed, without a success between them, before it is called broken.
BROKEN_AFTER_DAYS = 3


class Inspection(models.Model):
    """What was found in a published answer when it was last saved, so that reports need not read every answer.

    ``links`` holds ``[address, place]`` in reading order: references such as ``page:12``, web addresses, and paths
    of this site. ``place`` is the link's place in the editing form (Wagtail's content path), such as
    ``answer.BLOCK-ID``.
    """

    page = models.OneToOneField(QuestionPage, primary_key=True, on_delete=models.CASCADE, related_name="inspection")
    version = models.PositiveSmallIntegerField(editable=False)  # of the code that looked
    links = models.JSONField(editable=False)
    bare_pictures = models.JSONField(editable=False)  # the places of those without alternative text, unless decorative
    anchors = models.JSONField(editable=False)  # the places in the answer that links can lead to
    has_short_answer = models.BooleanField(editable=False)

    class Meta:
        verbose_name = _("inspection of an answer")
        verbose_name_plural = _("inspections of answers")

    def __str__(self) -> str:
        return str(self.page_id)


class OutsideLinkQuerySet(models.QuerySet):
    """Queryset of links to other sites, by what is known of them."""

    def broken(self) -> "OutsideLinkQuerySet":
        """Only those that readers cannot follow: definitely gone, or failed on ``BROKEN_AFTER_DAYS`` days in a row."""
        return self.filter(models.Q(status__in=OutsideLink.GONE) | models.Q(failed_days__gte=BROKEN_AFTER_DAYS))

    def due(self, asked_before: datetime, failed_before: datetime) -> "OutsideLinkQuerySet":
        """Only those to be asked again: never answered, not since ``asked_before``, or failed and not asked since then.

        Those that waited longest come first.
        """
        failed = models.Q(failed_days__gt=0, asked_at__lt=failed_before)
        due = self.filter(models.Q(result="") | models.Q(asked_at__lt=asked_before) | failed)
        return due.order_by(models.F("asked_at").asc(nulls_first=True), "pk")


class OutsideLink(models.Model):
    """An address of another site that published answers link to, and how it answered (``manage.py check_links``)."""

    class Result(models.TextChoices):
        """How an address answered; the stored values are older than some of the names."""

        OK = "fine", _("works")
        GONE = "gone", _("there is nothing any more")
        BLOCKED = "shy", _("lets no program in, so that nobody knows")
        ERROR = "error", _("answers with an error")
        UNREACHABLE = "unreachable", _("cannot be reached")
        TIMEOUT = "slow", _("does not answer in time")
        BAD_CERTIFICATE = "certificate", _("has no valid certificate")
        REDIRECT_LOOP = "circle", _("redirects without end")
        INVALID = "wrong", _("is no address of the web")
        PRIVATE = "private", _("is an address inside a network, which is not asked")

    #: Statuses that say that nothing will come back (RFC 9110, 15.5.5 and 15.5.11).
    GONE = (404, 410)

    digest = models.CharField(max_length=64, unique=True, editable=False)  # SHA-256 of the address, however long it is
    url = models.TextField(editable=False)
    asked_at = models.DateTimeField(null=True, editable=False)
    result = models.CharField(max_length=12, choices=Result, blank=True, editable=False)  # "" if it never answered
    status = models.PositiveSmallIntegerField(null=True, editable=False)  # of HTTP, if there was an answer at all
    failed_on = models.DateField(null=True, editable=False)  # the last day that counted as a failure
    failed_days = models.PositiveSmallIntegerField(default=0, editable=False)  # in a row

    objects = OutsideLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("link to another site")
        verbose_name_plural = _("links to other sites")

    def __str__(self) -> str:
        return self.url

    @staticmethod
    def digest_of(url: str) -> str:
        """Return the digest under which an address is looked up."""
        return sha256(url.encode()).hexdigest()

    @property
    def is_broken(self) -> bool:
        """Return whether readers cannot follow it, as ``broken()`` does."""
        return self.status in self.GONE or self.failed_days >= BROKEN_AFTER_DAYS

    def record_result(self, result: Result, status: int | None, now: datetime) -> None:
        """Set the result, unsaved; failures count once a day of the site's time zone, and a success resets them."""
        self.asked_at, self.result, self.status = now, result, status
        day = timezone.localdate(now)
        if result in (self.Result.OK, self.Result.BLOCKED, self.Result.PRIVATE):
            self.failed_on, self.failed_days = None, 0
        elif self.failed_on != day:
            self.failed_on, self.failed_days = day, self.failed_days + 1
