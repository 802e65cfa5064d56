"""What importing costs: a folder of letters into an empty site, the same again, and every page asked for once.

``python -m benchmarks.importing FOLDER`` (the TeX FAQ, see docs/operating.md) works in a database of its own. The test
suite imports a part of the same folder.
"""

import os
import sys
import tempfile
import time
from http import HTTPStatus
from pathlib import Path


def main() -> int:
    """Print milliseconds for each letter and the ratio of the second import to the first; 1 if a page is missing."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "site_config.settings.test", "VAR_DIR": folder, "DATABASE_URL": ""}
        return measure(Path(sys.argv[1]))


def measure(letters: Path) -> int:
    """Import the folder twice and read every page; return the exit code."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from qa.models import QuestionPage

    settings.ALLOWED_HOSTS = ["localhost"]
    call_command("migrate", verbosity=0)
    times = []
    for _run in range(2):
        start = time.perf_counter()
        call_command("import_letters", str(letters), topics_from="category", status="published", stderr=sys.stderr)
        times.append(time.perf_counter() - start)
    pages = list(QuestionPage.objects.published())
    client = Client(headers={"host": "localhost"})
    start = time.perf_counter()
    missing = [page.slug for page in pages if client.get(page.url).status_code != HTTPStatus.OK]
    times.append(time.perf_counter() - start)
    for name, seconds in zip(("first import", "same again", "every page"), times, strict=True):
        print(f"    {name:<14}{1000 * seconds / max(len(pages), 1):8.1f} ms a letter")
    print(f"    ratio         {times[1] / times[0]:8.3f}    {len(pages)} pages, {len(missing)} of them not there")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
