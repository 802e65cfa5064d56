"""In a browser: whatever goes away under an editor's hands, no typed word is lost."""

import os
import sys

import pytest

from tests.at_the_desk import SOON
from tests.desk.form.storm import Editor, Storm, rage

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: The long form is ``python -m benchmarks.saving_storm``.
SAVES = int(os.environ.get("STORM_SAVES", "10"))
SEED = int(os.environ.get("STORM_SEED", "1"))


def test_no_word_is_lost_in_a_storm(open_window, editor, administrator, column, settings, live_server):
    settings.WAGTAIL_AUTOSAVE_INTERVAL = SOON
    storm = Storm(live_server.url, SEED)
    editors = [Editor(user, open_window(), storm) for user in (editor, administrator)]
    for one in editors:
        one.page.on("dialog", lambda dialog: dialog.accept())  # whoever leaves is asked, and leaves
    lost = rage(storm, editors, SAVES)
    figures = f"{storm.saves} saves, {len(storm.words)} words, {len(lost)} lost, {storm.stuck} stuck"
    sys.stdout.write(f"\n{figures}; {dict(storm.seen)}\n")
    assert not lost, "\n".join(storm.story)
    assert not storm.stuck
