"""The desk's page for a forgotten password, which takes as long and says the same whether there is such an account."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, override
from django_tasks import task
from wagtail.admin.forms.auth import PasswordResetForm
from wagtail.admin.views.account import PasswordResetView

from qa.desk.sign_in.throttling import count_mistake, is_closed
from qa.tasks.queue import QUEUE, later

_DOOR = "password-reset:"


class QueuedResetForm(PasswordResetForm):
    """The form that asks for a link: the worker looks for the account and writes to it."""

    def save(self, **options: Any) -> None:
        """Queue the mail, for whatever address."""
        later(send_link, self.cleaned_data["email"], get_language())


@task(backend=QUEUE)
def send_link(email: str, language: str | None) -> None:
    """Write to the accounts that have this address; the link in the mail is at the configured address of the site."""
    form = PasswordResetForm({"email": email})
    if form.is_valid():
        with override(language):
            form.save(
                domain_override=urlsplit(settings.WAGTAILADMIN_BASE_URL).netloc,
                subject_template_name=PasswordResetView.subject_template_name,
                email_template_name=PasswordResetView.email_template_name,
            )


class PasswordReset(PasswordResetView):
    """Asks for the address; each gets a few mails an hour, and whoever asks for too many waits."""

    def get_form_class(self) -> type[QueuedResetForm]:
        return QueuedResetForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse whoever asks too often, before looking at what is asked."""
        if is_closed(request, f"{_DOOR}{request.POST.get('email', '').strip().lower()[:200]}"):
            return HttpResponse(status=429)  # the middleware of django-axes says it in words
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: QueuedResetForm) -> HttpResponse:
        """Count what was asked for, and queue it."""
        count_mistake(self.request, f"{_DOOR}{form.cleaned_data['email'].lower()[:200]}")
        return super().form_valid(form)
