"""Checker of plain links inside the site: ``/questions/topics/django/``, ``#a-heading``, a page's own address.

References (``page:12``) follow their page; a path that somebody has written does not. What is not known to lead nowhere
counts as right. The number of queries does not depend on the number of links.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.translation import gettext
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Page, Site

from qa.models import Inspection, QuestionIndexPage, QuestionPage
from qa.models.index import ENDINGS
from qa.querysets import public_files, published_pages
from qa.rendering.outline import Outline
from qa.rendering.references import primary_keys

_FOLDER = re.compile(r"^(topics|experts|archive)/([^/]+)/(.*)$")
_OWN = re.compile(r"^(?:(?:topics|feed|random)/)?$")  # what an index has besides
_YEAR = re.compile(r"\d{4}")


class Target(NamedTuple):
    """Where a link leads: the page's place in the tree, its path in the site, and the part of the page."""

    url_path: str
    path: str
    fragment: str


class SitePaths:
    """Looks up many links at once; ask ``problem`` for each of them afterwards."""

    def __init__(self) -> None:
        """Read the sites: one query."""
        self._roots = {site.hostname: site.root_page.url_path for site in Site.objects.select_related("root_page")}
        self._targets: dict[tuple[str, str], Target] = {}

    @property
    def hosts(self) -> frozenset[str]:
        """The names of the site's own hosts."""
        return frozenset(self._roots)

    def add(self, page_path: str, address: str) -> None:
        """Note a link in the page with this ``url_path``; one to another site, or of another kind, is passed over."""
        target = self._target(page_path, address)
        if target:
            self._targets[page_path, address] = target

    def _target(self, page_path: str, address: str) -> Target | None:
        root = next((root for root in self._roots.values() if page_path.startswith(root)), None)
        try:
            parts = urlsplit(urljoin(f"//own/{page_path.removeprefix(root or '/')}", address))
            host = parts.hostname
        except ValueError:
            return None
        if parts.scheme not in ("", "http", "https") or root is None:
            return None
        root = root if host == "own" else self._roots.get(host or "")
        if root is None or "\x00" in unquote(parts.path):
            return None
        path = unquote(parts.path).lstrip("/")
        return Target(f"{root}{path}".rstrip("/") + "/", f"/{path}", unquote(parts.fragment))

    def look_up(self) -> None:
        """Find out what there is: at most seven queries."""
        targets = set(self._targets.values())
        found = published_pages(Page.objects.filter(url_path__in={target.url_path for target in targets}))
        self._pages = dict(found.values_list("url_path", "pk"))
        other = {target for target in targets if target.url_path not in self._pages}
        columns = list(QuestionIndexPage.objects.values_list("url_path", flat=True)) if other else []
        self._lost = {target for target in other if not self._is_of_a_column(target, columns)}
        self._lost -= self._documents()
        self._lost -= self._redirects()
        pointed_at = {self._pages[target.url_path] for target in targets if target.fragment and target not in other}
        found = Inspection.objects.filter(page__in=pointed_at) if pointed_at else Inspection.objects.none()
        self._anchors = {pk: {*anchors, *Outline.RESERVED} for pk, anchors in found.values_list("page_id", "anchors")}

    def _is_of_a_column(self, target: Target, columns: Iterable[str]) -> bool:
        """Return whether the index has it, or a view of the site: then it exists, whatever it shows."""
        for column in columns:
            rest = target.url_path.removeprefix(column)
            if target.url_path.startswith(column) and (_OWN.match(rest) or self._is_in_a_folder(rest)):
                return True
        if target.path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):  # which the server in front may serve
            return True
        try:
            return resolve(target.path).url_name not in ("wagtail_serve", "wagtaildocs_serve")
        except Resolver404:
            return False

    def _is_in_a_folder(self, rest: str) -> bool:
        if not hasattr(self, "_slugs"):
            questions = QuestionPage.objects.once_public()
            self._slugs = {
                "topics": set(questions.their_topics().values_list("slug", flat=True)),
                "experts": set(questions.their_experts().values_list("slug", flat=True)),
            }
        match = _FOLDER.match(rest)
        if not match or match[3] not in ENDINGS[match[1]]:
            return False
        return bool(_YEAR.fullmatch(match[2])) if match[1] == "archive" else match[2] in self._slugs[match[1]]

    def _documents(self) -> set[Target]:
        """Return the lost targets that are public documents after all."""
        wanted = {target: match[1] for target in self._lost if (match := re.match(r"^/documents/(\d+)/", target.path))}
        if not wanted:
            return set()
        found = public_files(get_document_model().objects.filter(pk__in=primary_keys(wanted.values())))
        there = set(found.values_list("pk", flat=True))
        return {target for target, key in wanted.items() if primary_keys([key]) & there}

    def _redirects(self) -> set[Target]:
        """Return the lost targets from which readers are sent on."""
        if not self._lost:
            return set()
        old_paths = {target: Redirect.normalise_path(target.path) for target in self._lost}
        found = set(Redirect.objects.filter(old_path__in=old_paths.values()).values_list("old_path", flat=True))
        return {target for target, old_path in old_paths.items() if old_path in found}

    def problem(self, page_path: str, address: str) -> str:
        """Return what is wrong with a link that was added, ``""`` if nothing is."""
        target = self._targets.get((page_path, address))
        if target is None:
            return ""
        if target in self._lost:
            return gettext("There is nothing for readers at %(path)s.") % {"path": target.path}
        anchors = self._anchors.get(self._pages.get(target.url_path))
        if target.fragment and anchors is not None and target.fragment not in anchors and ":~:" not in target.fragment:
            return gettext("The page has no part “#%(part)s”.") % {"part": target.fragment}
        return ""
