"""The demo column: an invented expert, her letters, and one account per role.

It adds what is missing and changes nothing that is there: whatever somebody has edited since stays as they left it.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from qa.demo.accounts import ensure_accounts
from qa.desk.roles import ensure_roles
from qa.letters.errors import LetterError
from qa.letters.form import Letter, parse
from qa.letters.importing import Progress, all_of, place_all
from qa.letters.placing import ImportTarget
from qa.letters.uploads import store_picture
from qa.models import Expert, QuestionIndexPage, QuestionPage, Topic
from qa.models.expert import ExpertLink
from qa.tasks.mailing import without_mail

FOLDER = Path(__file__).parent
PICTURES = FOLDER / "pictures"
FEATURED = "django-flask-or-fastapi"

#: Letters that are scheduled, with the days from the first loading until they go live.
SCHEDULED = {"single-server": 2, "secrets-in-env": 5}

TOPICS = {
    "Django": "The framework itself: models, queries, the admin, upgrades, and when to leave a feature alone.",
    "Wagtail": "Page models, StreamField, languages, and what editors actually do all day.",
    "PostgreSQL": "Queries, indexes, connections and the planner, with numbers.",
    "Testing": "Which tests pay for themselves, and how to keep them honest.",
    "Performance": "Finding what is slow before making it fast.",
    "Deployment": "Servers, backups, upgrades and other things that happen at night.",
    "Security": "Secrets, accounts and the doors that stand open.",
    "Architecture": "Where code should live, and what you can do without.",
    "Careers": "A working life in software: jobs, money, and knowing when to go.",
    "Teams": "Reviews, estimates and other ways to disagree with colleagues.",
}

EXPERTS = {
    "Maren Holloway": {
        "role": "builds sites with Django and Wagtail, and looks after them for years afterwards",
        "biography": (
            "<p>Maren has built and run Django sites for twenty years, the last eleven with her own small consultancy. "
            "She answers one reader’s letter most weeks and is happiest when the answer is to delete something.</p>"
        ),
        "picture": "maren-holloway.png",
        "links": [("Column by e-mail", "https://example.org/maren/letter")],
    },
    "Tobias Adeyemi": {
        "role": "database engineer; answers whatever needs an EXPLAIN",
        "biography": (
            "<p>Tobias keeps PostgreSQL servers alive for a living. He takes over the column when a question is about "
            "queries, backups or the number of connections a sane system needs.</p>"
        ),
        "picture": "tobias-adeyemi.png",
        "links": [("Talks and slides", "https://example.org/tobias/talks")],
    },
}


@dataclass(frozen=True)
class Loaded:
    """What a loading did: how many letters it added, and the passwords that are known by user name."""

    letters: int
    passwords: dict[str, str]
    featured: bool  # whether the question for the front page is among them


def load(accounts_file: Path, progress: Progress = all_of) -> Loaded:
    """Make the letters, topics, experts, groups and accounts that are missing."""
    ensure_roles()
    passwords = ensure_accounts(accounts_file)
    column = QuestionIndexPage.objects.get()
    _ensure_topics()
    _ensure_experts()
    present = set(QuestionPage.objects.values_list("letter_id", flat=True))
    missing = [_on_schedule(letter) for letter in letters() if letter.id not in present]
    users = get_user_model().objects.in_bulk(["writer", "editor"], field_name="username")

    def target_of(letter: Letter) -> ImportTarget:
        by_writer = letter.status in ("draft", "review")
        return ImportTarget(column, users["writer" if by_writer else "editor"], FOLDER / "letters", FOLDER)

    with without_mail():  # about the letter that waits for review: the demo's accounts are nobody's
        for letter, outcome in place_all(missing, target_of, progress):
            if isinstance(outcome, LetterError):
                raise LetterError(f"{letter.id}: {outcome}") from outcome.__cause__
    return Loaded(len(missing), passwords, FEATURED in {letter.id for letter in missing})


def letters() -> list[Letter]:
    """Return the demo's letters as they are written."""
    return [parse(path.read_text(encoding="utf-8")) for path in sorted((FOLDER / "letters").glob("*.md"))]


def _on_schedule(letter: Letter) -> Letter:
    """Return the letter with its time of publication, at nine in the morning some days from now."""
    days = SCHEDULED.get(letter.id)
    if not days:
        return letter
    nine_o_clock = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0)
    return replace(letter, go_live=nine_o_clock + timedelta(days=days))


def _ensure_topics() -> None:
    for name, description in TOPICS.items():
        if not _is_there(Topic, name, name.lower()):
            Topic.objects.create(name=name, slug=name.lower(), description=description)


def _is_there(model: type[Topic] | type[Expert], name: str, slug: str) -> bool:
    """Return whether a topic or expert is there, also one that was renamed at the desk since."""
    return model.objects.filter(Q(name=name) | Q(slug=slug)).exists()


def _ensure_experts() -> None:
    for name, about in EXPERTS.items():
        slug = name.lower().replace(" ", "-")
        if _is_there(Expert, name, slug):
            continue
        expert = Expert(
            name=name,
            slug=slug,
            role=about["role"],
            biography=about["biography"],
            picture=store_picture(PICTURES / about["picture"], PICTURES, name),
        )
        expert.links = [ExpertLink(label=label, url=url) for label, url in about["links"]]
        expert.save()
