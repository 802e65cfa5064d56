"""Choosers of the desk without Wagtail's inline scripts, which the policy of the desk forbids."""

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin.widgets import BaseChooser
from wagtail.admin.widgets.workflows import AdminTaskChooser


def start_choosers_by_script_file() -> None:
    """Let every chooser say in its HTML what ``static/js/desk-start.js`` starts it with.

    Wagtail makes choosers for each model by itself, so that it is their common base that has to do it.
    """
    BaseChooser.render = _render


def _render(
    self: BaseChooser, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
) -> SafeString:
    attributes = attrs or {}
    chosen = self.get_value_data(value)
    start = "createTaskChooser" if isinstance(self, AdminTaskChooser) else self.js_constructor
    return format_html(
        '{}<span hidden data-controller="desk-start" data-what="{}" data-field="{}" data-options="{}"></span>',
        self.render_html(name, chosen, attributes),
        start,
        attributes["id"],
        json.dumps(self.get_js_init_options(attributes["id"], name, chosen)),
    )
