"""How a block gets another name without losing an answer: the migration to copy when one is needed.

Wagtail drops blocks of unknown types silently when it loads an answer, live, draft or scheduled alike. So whoever
renames a block adds a migration with this operation, which rewrites the stored JSON of pages and of all revisions::

    class Migration(migrations.Migration):
        dependencies = [("qa", "…")]
        operations = [rename_block("remark", "callout")]
"""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone
from wagtail.blocks.migrations.migrate_operation import MigrateStreamData
from wagtail.blocks.migrations.operations import RenameStreamChildrenOperation

from qa.models import QuestionPage
from tests.factories import make_question


def rename_block(old_name, new_name):
    """Return the operation of a migration that renames a block of the answer, in pages and revisions."""
    return MigrateStreamData(
        app_name="qa",
        model_name="questionpage",
        field_name="answer",
        operations_and_block_paths=[(RenameStreamChildrenOperation(old_name=old_name, new_name=new_name), "")],
    )


def migrate(operation):
    """Run an operation as ``manage.py migrate`` does."""
    with connection.schema_editor(atomic=False) as schema_editor:
        operation.code(apps, schema_editor)


def remarks(question):
    """Return the text of the callouts of the page and of each of its revisions, oldest first."""
    page = QuestionPage.objects.get(pk=question.pk)
    versions = [page, *(revision.as_object() for revision in page.revisions.order_by("pk"))]
    return [[block.value["text"] for block in version.answer if block.block_type == "callout"] for version in versions]


@pytest.mark.django_db(transaction=True)
def test_a_renamed_block_is_kept_in_pages_drafts_and_schedules():
    question = make_question(answer=[("callout", {"kind": "tip", "text": "Live."}), ("markdown", "More.")])
    draft = question.get_latest_revision_as_object()
    draft.answer = [("callout", {"kind": "tip", "text": "Scheduled."})]
    draft.go_live_at = timezone.now() + timedelta(days=1)
    draft.save_revision().publish()
    before = remarks(question)
    assert before == [["Live."], ["Live."], ["Scheduled."]]

    # The database of a release in which the block was called "remark": nothing of it is to be seen …
    migrate(rename_block("callout", "remark"))
    assert remarks(question) == [[], [], []]

    # … until the migration has run.
    migrate(rename_block("remark", "callout"))
    assert remarks(question) == before
    question.refresh_from_db()
    assert question.scheduled_revision is not None
