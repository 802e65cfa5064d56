"""Check of the links to other sites in published answers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, zip_longest
from urllib.parse import urldefrag, urlsplit

from django.utils import timezone
from wagtail.models import Site

from qa.links import inspecting
from qa.links.link_client import Answer, Asker
from qa.models import Inspection, OutsideLink, QuestionPage

#: A link that failed is asked again after this: before the same hour of the next day, so that a cron line meets it.
AGAIN_AFTER = timedelta(hours=20)
#: Hosts of which not a single one could be reached: then it is this machine that is not connected.
_ALONE = 5
_NO_CONNECTION = frozenset({OutsideLink.Result.UNREACHABLE, OutsideLink.Result.SLOW})
#: Names that are nobody's, for examples (RFC 2606, RFC 6761).
_EXAMPLES = frozenset({"example.com", "example.net", "example.org"})
_EXAMPLE_ENDS = frozenset({"example", "test", "invalid", "localhost", "local"})
_AT_ONCE = 500


class NotConnected(Exception):  # noqa: N818 - it is no fault of the program
    """Nothing at all could be reached; nothing was noted."""


@dataclass
class Checked:
    """What one run did."""

    asked: int = 0
    broken: int = 0  # of all links, those that readers cannot follow


def own_hosts() -> frozenset[str]:
    """Return the host names of the sites that are served here."""
    return frozenset(Site.objects.values_list("hostname", flat=True))


def outside_address(address: str, own: frozenset[str]) -> str:
    """Return the address to ask for a link to another site; ``""`` for every other link, and for mere examples."""
    address = f"https:{address}" if address.startswith("//") else address
    if not address.lower().startswith(("http://", "https://")):
        return ""
    try:
        host = (urlsplit(address).hostname or "").rstrip(".")
    except ValueError:  # such as http://[: no address at all, and to be called so
        return address
    is_example = host.rpartition(".")[2] in _EXAMPLE_ENDS or ".".join(host.split(".")[-2:]) in _EXAMPLES
    return "" if is_example or host in own else urldefrag(address).url


def collect() -> None:
    """Make the table hold the links of the published answers, those and no others; what is known of them stays."""
    inspecting.complete()
    own = own_hosts()
    published = QuestionPage.objects.published().order_by().values("pk")
    found = Inspection.objects.filter(page__in=published).values_list("links", flat=True)
    urls = {
        OutsideLink.digest_of(url): url
        for links in found.iterator(_AT_ONCE)
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
    asker: Asker,
    max_age: timedelta,
    limit: int | None = None,
    progress: Callable[[list[OutsideLink]], Iterable[OutsideLink]] = iter,
) -> Checked:
    """Ask the links that are due: not asked within ``max_age``, or failed the day before; at most ``limit`` of them.

    Each answer is kept at once, so that it may be stopped at any time; of several runs at once, one asks each link.
    Raises ``NotConnected`` when none of the first hosts can be reached. ``progress`` wraps the iteration (tqdm).
    """
    collect()
    now = timezone.now()
    due = list(OutsideLink.objects.due(now - max_age, now - AGAIN_AFTER)[:limit])
    done, in_doubt = Checked(), []  # in doubt until the first site has answered: it may be this machine that cannot
    connected = False
    claimed: list[OutsideLink] = []
    try:
        for link in progress(list(_by_turns(due))):
            if not _claim(link):
                continue
            claimed.append(link)
            answer = asker.ask(link.url)
            done.asked += 1
            in_doubt.append((link, answer))
            connected = connected or answer.status is not None
            if connected:
                in_doubt = _keep(in_doubt)
                claimed.clear()
            elif len({_host(link.url) for link, answer in in_doubt if answer.result in _NO_CONNECTION}) >= _ALONE:
                raise NotConnected
        _keep(in_doubt)
    except BaseException:  # also a signal: what was not asked to the end is due still
        _disclaim(claimed)
        raise
    done.broken = OutsideLink.objects.broken().count()
    return done


def _by_turns(links: Iterable[OutsideLink]) -> Iterator[OutsideLink]:
    """Yield one link of each host, then the next one of each: no host is waited for while others are due."""
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
    """Tell whether this run asks the link: not if another one has begun to since."""
    link.was_asked_at = link.asked_at
    link.asked_at = timezone.now()
    unchanged = {"asked_at": link.was_asked_at} if link.was_asked_at else {"asked_at__isnull": True}
    return bool(OutsideLink.objects.filter(pk=link.pk, **unchanged).update(asked_at=link.asked_at))


def _disclaim(links: list[OutsideLink]) -> None:
    for link in links:
        OutsideLink.objects.filter(pk=link.pk).update(asked_at=link.was_asked_at)


def _keep(answered: list[tuple[OutsideLink, Answer]]) -> list:
    """Write the answers down; return that none is left to be written."""
    for link, answer in answered:
        link.note(answer.result, answer.status, timezone.now())
        fields = ["asked_at", "result", "status", "failed_on", "failed_days"]
        OutsideLink.objects.filter(pk=link.pk).update(**{name: getattr(link, name) for name in fields})
    return []
