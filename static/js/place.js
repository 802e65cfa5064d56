/* Opens the form where a link to a field or block points (#:w:contentpath=answer.ID). Wagtail scrolls there smoothly
   while text editors are still growing, and is stopped halfway (8.0.1); here it is done again until nothing moves. */
(function () {
  "use strict";

  const path = new URLSearchParams(window.location.hash.split(":w:")[1] || "").get("contentpath");
  if (!path) return;
  const selector = path.split(".").map((part) => `[data-contentpath=${JSON.stringify(part)}]`).join(" ");
  let left = 25; // looks, a fifth of a second apart
  let quiet = 0;

  function look() {
    const place = document.querySelector(selector);
    if (!place || left <= 0) return;
    left -= 1;
    const before = place.getBoundingClientRect().top;
    place.scrollIntoView();
    quiet = Math.abs(place.getBoundingClientRect().top - before) < 2 ? quiet + 1 : 0;
    if (quiet < 5) window.setTimeout(look, 200);
  }

  /* Whoever begins to work is not scrolled away. */
  for (const name of ["wheel", "touchstart", "pointerdown", "keydown"]) {
    window.addEventListener(name, () => { left = 0; }, { once: true, passive: true });
  }
  window.addEventListener("load", () => window.setTimeout(look, 200));
})();
