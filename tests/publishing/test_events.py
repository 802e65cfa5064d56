"""What a newcomer is promised of the table of events in docs/architecture.md: every receiver, in the right order."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core import signals as request_signals
from django.db.models import signals as model_signals
from django.dispatch import Signal
from django.test import override_settings
from wagtail import signals as wagtail_signals
from wagtail.models import Page

from qa.publishing import outer_caches

pytestmark = pytest.mark.same_on_every_database

ARCHITECTURE = Path(__file__).resolve().parents[2] / "docs" / "architecture.md"
CACHE = {"a": {"BACKEND": "qa.publishing.outer_caches.PurgingBackend", "LOCATION": "http://127.0.0.1:1"}}


def rows(heading):
    """Return the cells of a table, without its head."""
    section = ARCHITECTURE.read_text(encoding="utf-8").split(f"\n{heading}\n")[1].split("\n##")[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    assert len(lines) > 2
    return [[cell.strip() for cell in line] for line in lines[2:]]


def written():
    """Return the receivers of each signal and sender that the table names."""
    found = {}
    for _event, signal, senders, receivers in rows("## What acts when"):
        for sender in re.findall(r"`(\w+)`", senders):
            key = signal.strip("`"), sender
            assert key not in found, f"{key} stands twice"
            found[key] = re.findall(r"`([\w.]+)`", receivers)
    return found


def name_of(receiver):
    return f"{receiver.__module__}.{receiver.__qualname__}".removeprefix("qa.")


def connected():
    """Return the receivers of ours that are connected to each signal, by sender, in the order in which they run."""
    found = {}
    every = [item for module in (model_signals, request_signals, wagtail_signals) for item in vars(module).items()]
    for name, signal in every:
        if not isinstance(signal, Signal):
            continue
        is_of_apps = signal in (model_signals.pre_migrate, model_signals.post_migrate)
        senders = list(apps.get_app_configs()) if is_of_apps else [*apps.get_models(), AnythingElse]
        for sender in senders:
            receivers = signal._live_receivers(sender)
            receivers = receivers[0] if isinstance(receivers, tuple) else receivers
            ours = [name_of(one) for one in receivers if one.__module__.split(".")[0] in ("qa", "home", "site_config")]
            if ours and (not name.startswith(("page_", "pre_page", "post_page")) or is_page(sender)):
                found[name, sender.label if is_of_apps else sender.__name__] = ours
    return found


def is_page(sender):
    return issubclass(sender, Page)


class AnythingElse:
    """The sender of a signal that is no model."""


def test_the_table_of_events_names_every_receiver_in_the_order_in_which_they_run():
    with override_settings(WAGTAILFRONTENDCACHE=CACHE):
        outer_caches.connect()
        try:
            assert connected() == written()
        finally:
            outer_caches.disconnect()


def test_each_receiver_of_the_table_says_what_it_does_and_how():
    explained = [re.findall(r"`([\w.]+)`", cells[0]) for cells in rows("### What they do")]
    explained = [name for names in explained for name in names]
    assert sorted(explained) == sorted({name for names in written().values() for name in names})
