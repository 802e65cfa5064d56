"""Query for the comments on questions that wait for an account's answer."""

from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from wagtail.models import Comment, CommentReply

from qa.models import QuestionPage


def unanswered(user: AbstractUser) -> QuerySet[Comment]:
    """Return the unresolved comments on questions whose last word is not ``user``'s, the oldest first.

    Those on questions that the account began to write, and those that it takes part in. With the page (without its
    answer), and the replies with their authors: see ``last_word``.
    """
    replies = CommentReply.objects.filter(comment=OuterRef("pk"))
    last_speaker = Subquery(replies.order_by("-created_at", "-pk").values("user")[:1])
    takes_part = Q(page__owner=user) | Q(user=user) | Exists(replies.filter(user=user))
    questions = ContentType.objects.get_for_model(QuestionPage)
    found = Comment.objects.filter(takes_part, resolved_at=None, page__content_type=questions)
    found = found.annotate(speaker=Coalesce(last_speaker, F("user"), output_field=IntegerField())).exclude(
        speaker=user.pk
    )
    by_whom = CommentReply.objects.select_related("user").order_by("created_at", "pk")
    return (
        found.select_related("page", "user").prefetch_related(Prefetch("replies", by_whom)).order_by("created_at", "pk")
    )


def last_word(comment: Comment) -> Comment | CommentReply:
    """Return the last reply to a comment, or the comment; both have ``text``, ``user`` and ``created_at``."""
    replies = list(comment.replies.all())
    return replies[-1] if replies else comment
