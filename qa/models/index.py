"""Page model of the question index, with the listings that have no page of their own as its routes."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import register_converter
from django.urls.converters import StringConverter
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.models import Page

from qa.feeds import Section, atom_feed
from qa.models.editing_form import PageForm
from qa.models.expert import Expert
from qa.models.listing import page_of
from qa.models.order import OrderedByDate
from qa.models.question import QuestionPage
from qa.models.topic import Topic

#: What each topic, expert and year has at its address and below it. Who redirects or purges addresses goes by this.
ENDINGS = {"topics": ("", "feed/"), "experts": ("",), "archive": ("",)}


class AnySlugConverter(StringConverter):
    """A part of an address, for slugs that are in the database whatever they are.

    Without it, one topic whose slug is empty or has a slash, which no form lets in but SQL does, would take down every
    page that links to it. Its own address is then not found.
    """

    def to_url(self, value: str) -> str:
        return value.replace("/", "-") or "-"


register_converter(AnySlugConverter, "any_slug")


class QuestionIndexPage(OrderedByDate, RoutablePageMixin, Page):
    """All questions, newest first; also the topics, years and experts of the column."""

    introduction = RichTextField(
        _("introduction"),
        blank=True,
        features=["bold", "italic", "link"],
        help_text=_("A sentence or two above the list, for readers who come here first."),
    )

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    base_form_class = PageForm

    parent_page_types = ["home.HomePage"]
    subpage_types = ["qa.QuestionPage"]
    max_count = 1
    page_description = _("Lists all questions, newest first, and has the pages of topics, years and experts.")

    class Meta:
        verbose_name = _("question index page")

    @property
    def questions(self) -> QuerySet[QuestionPage]:
        """The published questions, newest first, with their topics."""
        return QuestionPage.objects.child_of(self).published().newest_first().with_topics()

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Serve one of the routes; page 1 of a list has one address, the one without the parameter."""
        if request.GET.get("page") == "1":
            return redirect(request.path, permanent=True)
        return super().serve(request, *args, **kwargs)

    def get_route_paths(self) -> list[str]:
        """Return the paths below the index that redirect with it when its own address changes."""
        names = {
            "topics": Topic.objects.values_list("slug", flat=True),
            "experts": Expert.objects.values_list("slug", flat=True),
            "archive": [year for year, _number in QuestionPage.objects.child_of(self).years()],
        }
        folders = (f"/{folder}/{name}/{end}" for folder in names for name in names[folder] for end in ENDINGS[folder])
        return ["/", "/topics/", "/random/", "/feed/", *folders]

    def hold(self) -> None:
        """Let nobody else add to the column until the transaction ends; readers and editors of what is there go on.

        Whoever makes something that must be there once (a question of this slug, a topic of this name) holds the
        column before looking whether it is. SQLite has one writer at a time in any case.
        """
        list(Page.objects.select_for_update(no_key=True).filter(pk=self.pk).values_list("pk"))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add this page under the name that listings and question pages share."""
        return super().get_context(request, *args, **kwargs) | {"column": self}

    def topic_context(self, request: HttpRequest, topic: Topic) -> dict[str, Any]:
        """Return what ``qa/topic.html`` shows."""
        return {"column": self, "topic": topic, "listing": page_of(request, self.questions.about(topic))}

    def expert_context(self, request: HttpRequest, expert: Expert) -> dict[str, Any]:
        """Return what ``qa/expert.html`` shows; the column's own expert also has the questions that name nobody."""
        own = Expert.of_the_column(request) == expert
        answers = self.questions.answered_by(expert, or_nobody=own)
        return {"column": self, "expert": expert, "listing": page_of(request, answers)}

    @path("")
    def index_route(self, request: HttpRequest) -> HttpResponse:
        """The index itself."""
        questions = self.questions
        context = {"listing": page_of(request, questions), "topics": self.topics, "years": questions.years()}
        return self.render(request, context_overrides=context)

    @path("topics/", name="topics")
    def all_topics(self, request: HttpRequest) -> HttpResponse:
        """All topics with the number of published questions about each."""
        return self.render(request, template="qa/topics.html", context_overrides={"topics": self.topics})

    @path("topics/<any_slug:slug>/", name="topic")
    def one_topic(self, request: HttpRequest, slug: str) -> HttpResponse:
        """One topic: 404 when readers never saw a question about it; when they see none now, its page is empty."""
        topic = get_object_or_404(self._once_public().their_topics(), slug=_storable(slug))
        return self.render(request, template="qa/topic.html", context_overrides=self.topic_context(request, topic))

    @path("feed/", name="feed")
    def feed(self, request: HttpRequest) -> HttpResponse:
        """The latest answers, for feed readers."""
        return atom_feed(request, self, self.questions, answers=Expert.of_the_column(request))

    @path("topics/<any_slug:slug>/feed/", name="topic_feed")
    def topic_feed(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The latest answers about one topic, for feed readers: 404 where its page is."""
        topic = get_object_or_404(self._once_public().their_topics(), slug=_storable(slug))
        route = self.reverse_subpage("topic", args=[topic.slug])
        section = Section(f"topic/{topic.pk}", route, topic.name, topic.description)
        answers = Expert.of_the_column(request)
        return atom_feed(request, self, self.questions.about(topic), answers=answers, section=section)

    @path("archive/<str:year>/", name="year")
    def one_year(self, request: HttpRequest, year: str) -> HttpResponse:
        """The questions of one year: 404 when none was asked in it."""
        if not (len(year) == 4 and year.isascii() and year.isdigit() and year > "0000"):
            raise Http404
        questions = self.questions.asked_in(int(year))
        listing = page_of(request, questions)
        if not listing.paginator.count:
            raise Http404
        context = {"listing": listing, "year": int(year), "years": self.questions.years()}
        return self.render(request, template="qa/year.html", context_overrides=context)

    @path("experts/<any_slug:slug>/", name="expert")
    def one_expert(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Who answers, and their answers: 404 when readers never saw an answer of theirs."""
        expert = get_object_or_404(self._once_public().their_experts(), slug=_storable(slug))
        return self.render(request, template="qa/expert.html", context_overrides=self.expert_context(request, expert))

    @path("random/", name="random")
    def random_question(self, request: HttpRequest) -> HttpResponse:
        """Any question, another one each time: the redirect must not be stored by anybody."""
        question = QuestionPage.objects.child_of(self).published().order_by("?").first()
        response = redirect(question.get_url(request) if question else self.get_url(request))
        add_never_cache_headers(response)
        return response

    @property
    def topics(self) -> QuerySet[Topic]:
        """The topics of this column that have published questions, with their counts."""
        return Topic.objects.with_counts(QuestionPage.objects.child_of(self).published())

    @property
    def experts(self) -> QuerySet[Expert]:
        """The experts of this column who have published answers, and that of the site settings."""
        return QuestionPage.objects.child_of(self).published().their_experts()

    def _once_public(self) -> QuerySet[QuestionPage]:
        return QuestionPage.objects.child_of(self).once_public()


def _storable(slug: str) -> str:
    """Return the slug, or raise ``Http404`` if no database row can hold it (PostgreSQL refuses NUL)."""
    if "\x00" in slug:
        raise Http404
    return slug
