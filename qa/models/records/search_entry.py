"""Models of the readers' search. Written by ``qa.search``, never by hand."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from qa.models.question import QuestionPage


class SearchEntry(models.Model):
    """The words of one published question, by how much they weigh, and the passages that results quote.

    The database derives its full-text index from the four texts (``qa.search.tables``): PostgreSQL two generated
    columns, SQLite two FTS5 tables kept by triggers. Whoever writes a row has thereby written the index.
    """

    page = models.OneToOneField(QuestionPage, primary_key=True, on_delete=models.CASCADE, related_name="search_entry")
    asked_on = models.DateField(editable=False)
    headline = models.TextField(editable=False)  # title and topics
    emphasis = models.TextField(editable=False)  # short answer, headings, objections
    letter = models.TextField(editable=False)  # what the reader wrote
    body = models.TextField(editable=False)  # the answer
    topics = models.JSONField(editable=False)  # names, in the editor's order
    passages = models.JSONField(editable=False)  # [anchor, heading, text, is code], in reading order

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")

    def __str__(self) -> str:
        return self.headline


class SearchWord(models.Model):
    """A word that some question has or had, once under each of its ``spelling_keys``: what a typo may have meant.

    Nothing is concluded from a word being here: readers are only offered words that a published question has now.
    """

    key = models.CharField(max_length=7, editable=False)
    word = models.CharField(max_length=30, editable=False)

    class Meta:
        verbose_name = _("search word")
        constraints = [models.UniqueConstraint(fields=["key", "word"], name="search_word_by_key")]

    def __str__(self) -> str:
        return self.word


class VainSearch(models.Model):
    """Words that readers searched for and found nothing: what they miss. Says nothing about who searched."""

    words = models.CharField(_("words"), max_length=200, unique=True, editable=False)
    times = models.PositiveIntegerField(_("times"), default=1, editable=False)
    last_on = models.DateField(_("last searched on"), editable=False)

    class Meta:
        ordering = ["-times", "-last_on", "words"]
        verbose_name = _("vain search")
        verbose_name_plural = _("vain searches")

    def __str__(self) -> str:
        return self.words


class SearchSalt(models.Model):
    """A random text of one day: without it nobody can tell which visitor a ``CountedSearch`` was of."""

    day = models.DateField(primary_key=True, editable=False)
    salt = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("salt of a day")

    def __str__(self) -> str:
        return str(self.day)


class CountedSearch(models.Model):
    """A vain search of one visitor in one hour of today, as digests: it was counted and is not counted again.

    Digests have the day's salt in them and are deleted with it: no address is kept, and none can be found out later.
    """

    digest = models.CharField(primary_key=True, max_length=64, editable=False)
    visitor = models.CharField(max_length=64, editable=False, db_index=True)
    address = models.CharField(max_length=64, editable=False, db_index=True)

    class Meta:
        verbose_name = _("counted search")
        verbose_name_plural = _("counted searches")

    def __str__(self) -> str:
        return self.digest
