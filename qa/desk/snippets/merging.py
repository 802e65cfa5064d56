"""View on which an editor merges a topic into another one."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import LogActionRegistry, LogFormatter

from qa.desk.snippets.usage import Usage, usage_of_topics
from qa.models import Topic
from qa.publishing.merging import MERGED, merge


class _MergeForm(forms.Form):
    into = forms.ModelChoiceField(
        Topic.objects.all(), label=_("Into"), help_text=_("All questions and drafts go over to this topic.")
    )

    def __init__(self, *args: Any, source: Topic, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = Topic.objects.exclude(pk=source.pk)


def merge_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask into which topic, and merge; 403 for whoever may not change and delete topics, 404 for an unknown one."""
    if not _may_merge(request.user):
        raise PermissionDenied
    source = get_object_or_404(Topic, pk=pk)
    form = _MergeForm(request.POST or None, source=source)
    if form.is_valid():
        number = merge(source, form.cleaned_data["into"], request.user)
        text = ngettext(
            "“%(old)s” is now “%(new)s”: %(n)s question went over, and its address redirects.",
            "“%(old)s” is now “%(new)s”: %(n)s questions went over, and its address redirects.",
            number,
        )
        messages.success(request, text % {"old": source, "new": form.cleaned_data["into"], "n": number})
        return redirect("wagtailsnippets_qa_topic:list")
    usage = usage_of_topics([source]).get(source.pk, Usage())
    context = {
        "form": form,
        "topic": source,
        "live": len(usage.live),
        "drafts": len(usage.drafts),
        "back": reverse("wagtailsnippets_qa_topic:list"),
    }
    return TemplateResponse(request, "qa/desk/merge_topic.html", context)


def urls() -> list[URLPattern]:
    """Return the address of the page."""
    return [path("topics/<int:pk>/merge/", merge_view, name="merge_topic")]


def button(snippet: Any, user: Any, next_url: str | None = None) -> list[Button]:
    """Return the entry in a topic's menu in the list of topics."""
    if not isinstance(snippet, Topic) or not _may_merge(user):
        return []
    address = reverse("merge_topic", args=[snippet.pk])
    return [Button(_("Merge into another topic"), address, icon_name="resubmit", priority=25)]


def register_log_action(actions: LogActionRegistry) -> None:
    """Let the history of a topic say what was merged into it."""

    @actions.register_action(MERGED)
    class _Formatter(LogFormatter):
        label = _("Merge topics")

        def format_message(self, log_entry: Any) -> str:
            return gettext("The topic “%s” was merged into this one") % log_entry.data.get("name", "")


def _may_merge(user: Any) -> bool:
    return user.has_perms(["qa.change_topic", "qa.delete_topic"])
