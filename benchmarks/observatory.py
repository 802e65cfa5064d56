"""What Mozilla's HTTP Observatory says of every kind of page: ``python -m benchmarks.observatory https://localhost/``.

The site runs with production settings behind a proxy that speaks https on port 443 and http on port 80, on this
machine; ``NODE_EXTRA_CA_CERTS`` names the certificate authority of a certificate of one's own. ``OBSERVATORY`` is the
folder of the package: ``npm install --ignore-scripts @mdn/mdn-http-observatory`` (1.4.8) puts it into
``node_modules/@mdn/``. The list of domains that browsers know as https only is left empty: localhost is not in it.
Exits 1 if a page misses the goal.

Needs Node. Prints the score of each page, and which tests took or gave points.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPSHandler, build_opener, ssl

GOAL = 135  # what a page without a cookie can have whose domain is not in the list of https only
#: The scanner's own function asks for the front page only, and so it is done for any path here.
SCRIPT = """
import { retrieve } from "%(package)s/src/retriever/retriever.js";
import { ALL_TESTS } from "%(package)s/src/constants.js";
import { getScoreModifier } from "%(package)s/src/grader/grader.js";
import { MINIMUM_SCORE_FOR_EXTRA_CREDIT } from "%(package)s/src/grader/charts.js";
for (const path of JSON.parse(process.argv[1])) {
  const found = await retrieve("%(host)s", { path });
  const results = ALL_TESTS.map((test) => test(found).result).map((name) => [name, getScoreModifier(name)]);
  const sum = (points) => points.reduce((total, [, point]) => total + point, 100);
  const without = sum(results.filter(([, point]) => point < 0));
  const score = without >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? sum(results) : without;
  console.log(JSON.stringify([path, found.responses.auto?.status, score, results.filter(([, point]) => point)]));
}
"""


def paths_of(site: str) -> list[str]:
    """Return one path of each kind of page of a site with the demo column."""
    context = ssl.create_default_context(cafile=os.environ.get("NODE_EXTRA_CA_CERTS"))
    opener = build_opener(HTTPSHandler(context=context))

    def first(path: str, pattern: str) -> str:
        with opener.open(urljoin(site, path), timeout=20) as response:
            return re.search(pattern, response.read().decode())[1]

    index = urlsplit(first("/", r'class="site-links">\s*<li><a href="([^"]+)"')).path
    question = urlsplit(first("/", r'class="card-title"><a href="([^"]+)"')).path
    topic = first(f"{index}topics/", rf'href="({index}topics/[^"/]+/)"')
    lists = [index, f"{index}?page=2", f"{index}topics/", topic, "/search/", "/search/?q=django"]
    return ["/", question, *lists, "/nothing-here/", "/admin/login/", "/admin/password_reset/"]


def main() -> int:
    """Print a line for each page; return the exit code."""
    package = os.environ.get("OBSERVATORY", "")
    if len(sys.argv) != 2 or not Path(package, "src").is_dir():
        raise SystemExit(__doc__)
    listed = Path(package, "conf/hsts-preload.json")
    if not listed.exists():
        listed.write_text("{}", encoding="ascii")
    script = SCRIPT % {"package": Path(package).resolve().as_posix(), "host": urlsplit(sys.argv[1]).netloc}
    command = ["node", "--input-type=module", "-e", script, json.dumps(paths_of(sys.argv[1]))]
    # The command is the developer's own.
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise SystemExit(done.stderr)
    scores = []
    for path, status, score, points in map(json.loads, done.stdout.splitlines()):
        scores.append(score)
        print(f"{score:>4}  {status}  {path:<36} " + ", ".join(f"{name} {point:+}" for name, point in points))
    return int(min(scores) < GOAL)


if __name__ == "__main__":
    sys.exit(main())
