"""Data migration of queued tasks, which name their function by its module: two functions have moved."""

from django.db import migrations

MOVED = {
    "qa.publishing.after.follow_publication": "qa.publishing.signal_handlers.follow_publication",
    "qa.publishing.mailing.send": "qa.tasks.mailing.send",
}


def follow(apps, schema_editor):
    tasks = apps.get_model("django_tasks_database", "DBTaskResult").objects
    for before, after in MOVED.items():
        tasks.filter(task_path=before).update(task_path=after)


class Migration(migrations.Migration):

    dependencies = [
        ("qa", "0008_publishing_queue"),
        ("django_tasks_database", "0001_initial"),
    ]

    operations = [migrations.RunPython(follow, migrations.RunPython.noop, elidable=True)]
