"""The site's history, as editors look it up and take it along."""

import pytest
from wagtail.log_actions import LogActionRegistry
from wagtail.models import PageLogEntry

from tests.factories import make_question

pytestmark = [pytest.mark.django_db, pytest.mark.same_on_every_database]


@pytest.mark.parametrize("export", ["", "?export=csv", "?export=xlsx"])
def test_the_history_is_exported_whole_with_actions_that_nothing_registers(client, editor, column, export):
    entry = PageLogEntry.objects.log_action(make_question("A question?"), "wagtail.edit")
    PageLogEntry.objects.filter(pk=entry.pk).update(action="gone.action")
    client.force_login(editor)
    answer = client.get(f"/admin/reports/site-history/{export}")
    assert answer.status_code == 200
    if export == "?export=csv":
        table = b"".join(answer).decode()
        assert "gone.action" in table
        assert table.splitlines()[-1].startswith(f"{column.get_parent().pk},")  # what happened first comes last


def test_stock_wagtail_breaks_off():
    stock = LogActionRegistry.get_action_label.__closure__[0].cell_contents
    with pytest.raises(KeyError):
        stock(LogActionRegistry(), "gone.action")
