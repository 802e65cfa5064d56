"""Hook that refuses to delete a topic or expert in use, and tells the editor where it is used."""

from collections.abc import Iterable
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from wagtail.admin import messages

from qa.desk.snippets.usage import usage_of_experts, usage_of_topics
from qa.models import Expert, QuestionPage, Topic
from qa.registered_models import site_settings

_NAMED = 5


def refuse_if_in_use(request: HttpRequest, instances: Iterable[Model]) -> HttpResponse | None:
    """Send the editor back to the list with the places of what is in use; ``None`` if nothing is.

    Wagtail's own check knows of what is stored, not of what stands in a draft of a live question only.
    """
    refused = [message for instance in instances if (message := _places(request, instance))]
    for message in refused:
        messages.error(request, message)
    return redirect(f"wagtailsnippets_qa_{instances[0]._meta.model_name}:list") if refused else None


def _places(request: HttpRequest, instance: Model) -> SafeString | None:
    if not isinstance(instance, Topic | Expert) or not request.user.has_perm(f"qa.delete_{instance._meta.model_name}"):
        return None  # whoever may not delete it is refused by Wagtail
    find = usage_of_topics if isinstance(instance, Topic) else usage_of_experts
    usage = find([instance]).get(instance.pk)
    if isinstance(instance, Expert) and _is_of_a_column(instance):
        text = gettext("“%s” is the expert of the site settings: choose another one there first.")
        return format_html("{}", text % instance)
    if not usage:
        return None
    pks = usage.live | usage.drafts
    named = QuestionPage.objects.filter(pk__in=pks).newest_first()[:_NAMED]
    links = format_html_join(
        "",
        '<li><a href="{}">{}</a></li>',
        ((reverse("wagtailadmin_pages:edit", args=[page.pk]), page.get_admin_display_title()) for page in named),
    )
    heading = ngettext(
        "“%(name)s” was not deleted: %(n)s question uses it.",
        "“%(name)s” was not deleted: %(n)s questions use it.",
        len(pks),
    ) % {"name": instance, "n": len(pks)}
    return format_html("{}<ul>{}{}</ul>", heading, links, _further(instance, len(pks) - len(named)))


def _further(instance: Model, number: int) -> SafeString | str:
    if number < 1:
        return ""
    text = ngettext("and %(n)s more", "and %(n)s more", number) % {"n": number}
    if not isinstance(instance, Topic):
        return format_html("<li>{}</li>", text)
    address = f"{reverse('questions:index')}?{urlencode({'topic': instance.pk})}"
    return format_html('<li><a href="{}">{}</a></li>', address, text)


def _is_of_a_column(expert: Expert) -> bool:
    return site_settings.model.objects.filter(expert=expert).exists()
