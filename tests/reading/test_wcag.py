"""What WCAG 2.2 asks that axe-core does not look at: targets, reflow, large text, motion, forced colours, languages."""

import pytest

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: What scripts below share: what can be seen, and where its text stands.
HELPERS = """
  const seen = (e) => e.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !e.closest(".spoken, .skip-link, [aria-hidden=true]");
  const name = (e) => `${e.tagName.toLowerCase()}.${e.className} ${e.textContent.trim().slice(0, 40)}`;
"""

#: 2.5.8: 24 CSS px each way, or a link in a line of text, or so far from others that circles of 24 px do not touch.
SMALL_TARGETS = """() => { HELPERS
  const targets = [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden])")].filter(seen);
  const inText = (e) => {
    if (e.tagName !== "A" || getComputedStyle(e).display !== "inline") return false;
    const block = e.closest("p, li, td, th, dd, figcaption, h1, h2, h3");
    return !!block && block.textContent.trim() !== e.textContent.trim();
  };
  const boxes = targets.map((e) => ({ e, box: e.getBoundingClientRect() }));
  const small = ({ box }) => box.width < 24 || box.height < 24;
  const middle = ({ box }) => [box.x + box.width / 2, box.y + box.height / 2];
  const tooNear = (one, other) => {
    const [x, y] = middle(one), [u, v] = middle(other), { box } = other;
    if (one === other || one.e.contains(other.e) || other.e.contains(one.e)) return false;
    if (small(other) && Math.hypot(x - u, y - v) < 24) return true;
    return Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom)) < 12;
  };
  return boxes.filter((one) => small(one) && !inText(one.e) && boxes.some((other) => tooNear(one, other)))
    .map(({ e, box }) => `${name(e)} is ${Math.round(box.width)} by ${Math.round(box.height)} px`);
}"""

#: 1.4.4 and 1.4.12: no text is cut off, none stands on another one.
DAMAGED_TEXT = """() => { HELPERS
  const faults = [], lines = [];
  for (const e of document.body.querySelectorAll("*")) {
    if (!seen(e) || e.closest("svg")) continue;
    const style = getComputedStyle(e);
    const cut = (over, inner, outer) => ["hidden", "clip"].includes(over) && inner > outer + 1;
    if (e.textContent.trim() && (cut(style.overflowX, e.scrollWidth, e.clientWidth)
        || cut(style.overflowY, e.scrollHeight, e.clientHeight))) faults.push("cut off: " + name(e));
    for (const node of e.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || !node.data.trim() || e.closest("sup, sub, pre, table")) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      // The box of a line is higher than its letters.
      for (const { x, y, width, height } of range.getClientRects())
        lines.push({ node, left: x + 1, right: x + width - 1, top: y + height * 0.3, bottom: y + height * 0.7 });
    }
  }
  lines.forEach((one, place) => {
    for (const other of lines.slice(place + 1))
      if (one.node !== other.node && one.left < other.right && other.left < one.right
          && one.top < other.bottom && other.top < one.bottom)
        faults.push(`stands on another: ${one.node.data.trim().slice(0, 40)} / ${other.node.data.trim().slice(0, 40)}`);
  });
  return faults;
}"""

STICKS_OUT = "() => document.documentElement.scrollWidth > innerWidth ? ['wider than the window'] : []"

#: 2.3.3, and what every reader who asks for less motion expects.
MOTION = """() => [...document.querySelectorAll("*")].filter((e) => {
  const style = getComputedStyle(e);
  return style.scrollBehavior !== "auto" || [style.transitionDuration, style.animationDuration]
    .some((all) => all.split(",").some((one) => parseFloat(one) > 0));
}).map((e) => e.tagName + " moves")"""

#: In forced colours grounds are gone: what they mark must have a border.
UNMARKED = """() => { HELPERS
  const marked = [[".avatar"], [".step", "::before"], [".callout"], [".objection"], [".topic-links a"], [".in-short"],
    [".pagination [aria-current]"], [".line.marked"], ["button:not(.theme-switch)"], ["input"], [".neighbours a"]];
  return marked.flatMap(([selector, part]) => [...document.querySelectorAll(selector)].filter((e) => {
    const style = getComputedStyle(e, part);
    const bordered = style.borderInlineStartStyle !== "none" && parseFloat(style.borderInlineStartWidth) > 0;
    return e.type !== "hidden" && !bordered;
  }).map((e) => "no border: " + name(e)));
}"""

#: 3.1.1; and names in bdi, dates in time, so that they can be told from the text around them in any script.
UNMARKED_WORDS = """() => {
  const { lang, dir } = document.documentElement, faults = [];
  if (!lang || !["ltr", "rtl"].includes(dir)) faults.push("no language or direction");
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (/Maren Holloway|Zoë K\\.|Robert B\\./.test(data) && !parentElement.closest("bdi"))
      faults.push("no bdi: " + data);
    if (/[A-Z][a-z]+ \\d{1,2}, \\d{4}/.test(data) && !parentElement.closest("time[datetime]"))
      faults.push("no time: " + data);
  }
  return faults;
}"""

UNFOLD = "for (const folded of document.querySelectorAll('details')) folded.open = true"
#: Twice what the style sheet says: 106.25 %, and 100 % on phones.
LARGE_TEXT = "(size) => document.documentElement.style.fontSize = size"


def test_every_page_keeps_to_wcag_where_a_script_can_tell(browser_page, every_page):
    page, faults = browser_page, []

    def look(name, what, script):
        found = page.evaluate(script.replace("HELPERS", HELPERS))
        faults.extend(f"{name}, {what}: {fault}" for fault in found)

    for name, address in every_page.items():
        page.set_viewport_size({"width": 320, "height": 640})
        page.emulate_media(reduced_motion="reduce", forced_colors="none")
        page.goto(address)
        page.evaluate(UNFOLD)
        look(name, "320 px", STICKS_OUT)
        look(name, "320 px", SMALL_TARGETS)
        look(name, "320 px", DAMAGED_TEXT)
        look(name, "less motion", MOTION)
        look(name, "words", UNMARKED_WORDS)
        page.set_viewport_size({"width": 1280, "height": 1000})
        look(name, "1280 px", SMALL_TARGETS)
        page.evaluate(LARGE_TEXT, "212.5%")
        look(name, "1280 px, 200 % text", STICKS_OUT)
        look(name, "1280 px, 200 % text", DAMAGED_TEXT)
        page.evaluate(LARGE_TEXT, "")
        page.emulate_media(reduced_motion="reduce", forced_colors="active")
        look(name, "forced colours", UNMARKED)
    assert not faults


FAULTY = """<style>
  .small a { display: block; width: 20px; height: 20px; overflow: hidden }
  .over { margin-top: -2em; transition: color 1s }
</style>
<p class=small><a href=a>aaaaaa</a><a href=b>b</a></p> <p>Maren Holloway on May 1, 2026</p>
<p class=over>Over it all the way</p>
<pre style="width: 3000px">wide</pre> <p class=callout>Careful</p>"""


@pytest.mark.django_db(transaction=False)
@pytest.mark.parametrize(
    ("script", "faults"),
    [(SMALL_TARGETS, 2), (DAMAGED_TEXT, 2), (STICKS_OUT, 1), (MOTION, 1), (UNMARKED, 1), (UNMARKED_WORDS, 3)],
    ids=["targets", "text", "reflow", "motion", "forced colours", "words"],
)
def test_the_scripts_would_find_a_fault(chromium, script, faults):
    page = chromium.new_page()
    page.set_content(FAULTY)
    found = page.evaluate(script.replace("HELPERS", HELPERS))
    page.close()
    assert len(found) == faults, found
