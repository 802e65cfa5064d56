"""Check of the links to other sites in published answers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, zip_longest
from urllib.parse import urldefrag, urlsplit

from django.utils import timezone
from wagtail.models import Site

from qa.links import inspecting
from qa.links.link_client import Answer, LinkChecker
from qa.models import Inspection, OutsideLink, QuestionPage

#: A link that failed is checked again after this: less than a day, so that a daily cron line does not miss it.
RETRY_AFTER = timedelta(hours=20)
#: Hosts in a row that could not be reached: then it is this machine that is not connected.
_OFFLINE_AFTER = 5
_NO_CONNECTION = frozenset({OutsideLink.Result.UNREACHABLE, OutsideLink.Result.TIMEOUT})
#: Names reserved for examples and tests (RFC 2606, RFC 6761).
_EXAMPLES = frozenset({"example.com", "example.net", "example.org"})
_EXAMPLE_ENDS = frozenset({"example", "test", "invalid", "localhost", "local"})
_AT_ONCE = 500


class NotConnected(Exception):  # noqa: N818 - it is no fault of the program
    """No host at all could be reached; no result was recorded."""


@dataclass
class Checked:
    """Result of one run."""

    asked: int = 0
    broken: int = 0  # of all links, those that readers cannot follow


def own_hosts() -> frozenset[str]:
    """Return the host names of the sites that are served here."""
    return frozenset(Site.objects.values_list("hostname", flat=True))


def outside_address(address: str, own: frozenset[str]) -> str:
    """Return the address to check for a link to another site; ``""`` for every other link, and for example hosts."""
    address = f"https:{address}" if address.startswith("//") else address
    if not address.lower().startswith(("http://", "https://")):
        return ""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:  # such as http://[, which is then reported as invalid
        return address
    is_example = host.rpartition(".")[2] in _EXAMPLE_ENDS or ".".join(host.split(".")[-2:]) in _EXAMPLES
    return "" if is_example or host in own else urldefrag(address).url


def collect() -> None:
    """Synchronise the table with the links of the published answers; known results stay."""
    inspecting.complete()
    own = own_hosts()
    published = QuestionPage.objects.published().order_by().values("pk")
    link_lists = Inspection.objects.filter(page__in=published).values_list("links", flat=True)
    urls = {
        OutsideLink.digest_of(url): url
        for links in link_lists.iterator(_AT_ONCE)
        for address, _place in links
        if (url := outside_address(address, own))
    }
    known = dict(OutsideLink.objects.values_list("digest", "pk"))
    surplus = [pk for digest, pk in known.items() if digest not in urls]
    for start in range(0, len(surplus), _AT_ONCE):
        OutsideLink.objects.filter(pk__in=surplus[start : start + _AT_ONCE]).delete()
    new = [OutsideLink(digest=digest, url=url) for digest, url in urls.items() if digest not in known]
    OutsideLink.objects.bulk_create(new, batch_size=_AT_ONCE, ignore_conflicts=True)


def check(
    checker: LinkChecker,
    max_age: timedelta,
    limit: int | None = None,
    progress: Callable[[list[OutsideLink]], Iterable[OutsideLink]] = iter,
) -> Checked:
    """Check the links that are due: not asked within ``max_age``, or failed the day before; at most ``limit`` of them.

    Each answer is saved at once, so that the run may be stopped at any time; of several runs, one asks each link.
    Raises ``NotConnected`` when none of the first hosts can be reached. ``progress`` wraps the iteration (tqdm).
    """
    collect()
    now = timezone.now()
    due = list(OutsideLink.objects.due(now - max_age, now - RETRY_AFTER)[:limit])
    done, in_doubt = Checked(), []  # until a site has answered: this machine may be the one that is not connected
    connected = False
    claimed: list[OutsideLink] = []
    try:
        for link in progress(list(_by_turns(due))):
            if not _claim(link):
                continue
            claimed.append(link)
            answer = checker.check(link.url)
            done.asked += 1
            in_doubt.append((link, answer))
            connected = connected or answer.status is not None
            if connected:
                in_doubt = _save(in_doubt)
                claimed.clear()
            elif len({_host(link.url) for link, reply in in_doubt if reply.result in _NO_CONNECTION}) >= _OFFLINE_AFTER:
                raise NotConnected
        _save(in_doubt)
    except BaseException:  # also a signal: links whose check was cut off are still due
        _disclaim(claimed)
        raise
    done.broken = OutsideLink.objects.broken().count()
    return done


def _by_turns(links: Iterable[OutsideLink]) -> Iterator[OutsideLink]:
    """Yield the links, each time one of every host: no time is spent waiting for one host while others are due."""
    by_host: dict[str, list[OutsideLink]] = {}
    for link in links:
        by_host.setdefault(_host(link.url), []).append(link)
    return filter(None, chain.from_iterable(zip_longest(*by_host.values())))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _claim(link: OutsideLink) -> bool:
    """Return whether this run checks the link: not if another run has claimed it since."""
    link.was_asked_at = link.asked_at
    link.asked_at = timezone.now()
    unchanged = {"asked_at": link.was_asked_at} if link.was_asked_at else {"asked_at__isnull": True}
    return bool(OutsideLink.objects.filter(pk=link.pk, **unchanged).update(asked_at=link.asked_at))


def _disclaim(links: list[OutsideLink]) -> None:
    for link in links:
        OutsideLink.objects.filter(pk=link.pk).update(asked_at=link.was_asked_at)


def _save(answered: list[tuple[OutsideLink, Answer]]) -> list:
    """Save the answers; return the empty list of those left to save."""
    for link, answer in answered:
        link.record_result(answer.result, answer.status, timezone.now())
        fields = ["asked_at", "result", "status", "failed_on", "failed_days"]
        OutsideLink.objects.filter(pk=link.pk).update(**{name: getattr(link, name) for name in fields})
    return []
