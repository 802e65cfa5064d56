"""The demo column's front page, index and site settings."""

from django.contrib.auth import get_user_model
from django.db import transaction
from wagtail.models import Site

from home.models import HomePage, SiteSettings, SocialLink
from qa.demo.loading import FEATURED
from qa.models import Expert, QuestionIndexPage, QuestionPage


def is_bare() -> bool:
    """Return whether the front page and the index say nothing yet, as `migrate` makes them: a loading was stopped."""
    front, column = HomePage.objects.get(), QuestionIndexPage.objects.get()
    return not (front.introduction or front.featured_question_id or column.introduction)


@transaction.atomic
def write_front_page() -> None:
    """Introduce the column on the front page and in the settings, as the demo's editor, with one question featured."""
    user = get_user_model().objects.get(username="editor")
    front, column = HomePage.objects.get(), QuestionIndexPage.objects.get()
    front.title = "Ask Maren"
    front.introduction = (
        "<p>Readers write in about Django, Wagtail, PostgreSQL and a working life in software. Maren Holloway answers "
        "in public, one letter at a time: what she would do, why, and what you will say against it.</p>"
    )
    front.featured_question = QuestionPage.objects.filter(letter_id=FEATURED).first()
    front.save_revision(user=user).publish(user=user)
    column.introduction = "<p>Every question so far, the newest first.</p>"
    column.save_revision(user=user).publish(user=user)
    site = Site.objects.get(is_default_site=True)
    said_once = SiteSettings.for_site(site)
    said_once.brand_name = "Ask Maren"
    said_once.tagline = "Straight answers about Django, Wagtail, PostgreSQL and a life in software"
    said_once.expert = Expert.objects.get(name="Maren Holloway")
    said_once.contact_email = "maren@example.org"
    said_once.footer_text = "<p>Maren and everybody who writes to her are invented. The advice is meant.</p>"
    said_once.social_links = [SocialLink(label="Column by e-mail", url="https://example.org/maren/letter")]
    said_once.save()
    site.site_name = said_once.brand_name
    site.save()
