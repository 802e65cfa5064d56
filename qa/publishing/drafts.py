"""Signal handler that copies date, asker and topics of a draft into its row, for the desk's lists."""

from typing import Any

from django.db.models.signals import post_save
from wagtail.models import Revision

from qa.models import QuestionPage, QuestionTopic, Topic
from site_config.after_commit import may_fail

_FIELDS = ("asker_name", "asked_on", "answered_by_id", "reviewed_on", "review_after", "planned_for")


def connect() -> None:
    """Connect the receiver; called by ``signal_handlers.connect``."""
    post_save.connect(follow_draft, sender=Revision, dispatch_uid="qa.follow_draft")


@may_fail()
def follow_draft(
    sender: type[Revision], instance: Revision, raw: bool = False, update_fields: Any = None, **kwargs: Any
) -> None:
    """Copy the fields that the desk lists from a draft into its row, as Wagtail does with the title only.

    Otherwise a question would stand in the lists as it was when it was created: under no topic, mostly. Of a question
    that is live nothing is written: its row is what readers see. Nor of a version that is not the newest, which was set
    aside or is only approved now: the form would find rows in the table that its own version has not.
    """
    content = instance.content
    if raw or (update_fields is not None and "content" not in update_fields) or "question_topics" not in content:
        return
    stored = QuestionPage.objects.filter(pk=instance.object_id, live=False, alias_of=None)
    row = stored.values(*_FIELDS).first()
    if row is None or instance.content_type.model_class() is not QuestionPage or not instance.is_latest_revision():
        return
    draft = instance.as_object()
    changed = {name: getattr(draft, name) for name in _FIELDS if getattr(draft, name) != row[name]}
    if changed.get("asked_on", draft.asked_on) is not None and changed:
        QuestionPage.objects.filter(pk=draft.pk).update(**changed)
    topics = [filed.topic_id for filed in draft.question_topics.all()]
    rows = QuestionTopic.objects.filter(page=draft.pk)
    if list(rows.values_list("topic_id", flat=True)) != topics:
        rows.delete()
        known = set(Topic.objects.filter(pk__in=topics).values_list("pk", flat=True))
        QuestionTopic.objects.bulk_create(
            QuestionTopic(page_id=draft.pk, topic_id=topic, sort_order=number)
            for number, topic in enumerate(topics)
            if topic in known
        )
