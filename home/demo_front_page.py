"""The demo column's front page, index and site settings."""

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from wagtail.models import Site

from home.models import SiteSettings, SocialLink
from qa.models import Expert, QuestionPage


@transaction.atomic
def write_front_page(featured: QuestionPage, user: AbstractUser) -> None:
    """Introduce the column on the front page and in the settings, as ``user``, with one question featured."""
    column = featured.get_parent().specific
    front = column.get_parent().specific
    front.title = "Ask Maren"
    front.introduction = (
        "<p>Readers write in about Django, Wagtail, PostgreSQL and a working life in software. Maren Holloway answers "
        "in public, one letter at a time: what she would do, why, and what you will say against it.</p>"
    )
    front.featured_question = featured
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
