/* Opens the form where one was when it was saved, or where a link to a field or block points (#:w:contentpath=answer.ID).
   Wagtail scrolls there smoothly while text editors are still growing, and is stopped halfway (8.0.1); here it is done
   again until nothing moves. */
(function () {
  "use strict";

  const KEY = "desk-place";
  const scroller = () => document.querySelector("#main");

  /* The cursor, as far as a text has one of its own. */
  function cursor() {
    const element = document.activeElement;
    const markdown = element?.closest(".CodeMirror")?.CodeMirror;
    if (markdown) return { field: markdown.getTextArea().id, at: markdown.getCursor() };
    return element?.form && element.id ? { field: element.id, at: element.selectionStart ?? null } : null;
  }

  function putCursor({ field, at }) {
    const element = document.getElementById(field);
    const markdown = element?.nextElementSibling?.querySelector?.(".CodeMirror")?.CodeMirror;
    if (markdown) {
      markdown.focus();
      return markdown.setCursor(at);
    }
    element?.focus({ preventScroll: true });
    if (at !== null && element?.setSelectionRange) element.setSelectionRange(at, at);
  }

  window.deskPlace = {
    /* Remembers where one is, for when the form is loaded again: from `address`, if that is this form. */
    remember(address) {
      const { pathname } = new URL(address, location.href);
      const here = pathname === location.pathname ? { pathname, top: scroller()?.scrollTop, cursor: cursor() } : null;
      here ? sessionStorage.setItem(KEY, JSON.stringify(here)) : sessionStorage.removeItem(KEY);
    },
  };

  const stored = JSON.parse(sessionStorage.getItem(KEY));
  sessionStorage.removeItem(KEY);
  if (stored?.pathname === location.pathname && !location.hash) {
    window.addEventListener("load", () => window.setTimeout(() => {
      if (document.activeElement === document.body && stored.cursor) putCursor(stored.cursor);
      lookAgain(() => scroller().scrollTo({ top: stored.top, behavior: "instant" }));
    }));
  }

  const path = new URLSearchParams(window.location.hash.split(":w:")[1] || "").get("contentpath") || "";
  const selector = path && path.split(".").map((part) => `[data-contentpath=${JSON.stringify(part)}]`).join(" ");
  window.addEventListener("load", () => window.setTimeout(() => {
    if (selector && document.querySelector(selector)) lookAgain(() => document.querySelector(selector)?.scrollIntoView());
  }, 200));

  /* Scrolls until nothing moves any more; whoever begins to work is not scrolled away. */
  function lookAgain(scroll) {
    let left = 25; // looks, a fifth of a second apart
    let quiet = 0;
    for (const name of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      window.addEventListener(name, () => { left = 0; }, { once: true, passive: true });
    }
    const step = () => {
      if (left <= 0) return;
      left -= 1;
      const before = scroller().scrollTop;
      scroll();
      quiet = Math.abs(scroller().scrollTop - before) < 2 ? quiet + 1 : 0;
      if (quiet < 5) window.setTimeout(step, 200);
    };
    step();
  }
})();
