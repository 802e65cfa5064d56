"""Names of browsers as people know them, from what browsers call themselves."""

import re

from django.utils.translation import gettext as _

# The first that fits: each also says that it is one of those below it.
_BROWSERS = {
    "Edg(?:e|A|iOS)?/": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "(?:Firefox|FxiOS)/": "Firefox",
    "(?:HeadlessChrome|Chromium|Chrome|CriOS)/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X|Macintosh": "macOS",
    "Linux": "Linux",
}


def name_of(agent: str) -> str:
    """Return browser and system of a ``User-Agent``, so far as they are known: "Firefox, Windows"."""
    found = [
        next((name for sign, name in names.items() if re.search(sign, agent)), "") for names in (_BROWSERS, _SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or agent[:60] or _("unknown browser")
