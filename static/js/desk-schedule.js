/* The schedule dialog: warns while times are typed. The server knows the clock changes of the editor's time zone. */
(function () {
  "use strict";

  const NAMES = ["go_live_at", "expire_at"];
  let timer = null;
  let latest = 0;

  async function check() {
    const place = document.querySelector("[data-schedule-check]");
    if (!place) return;
    const query = new URLSearchParams();
    for (const name of NAMES) query.set(name, document.querySelector(`input[name="${name}"]`)?.value ?? "");
    const number = ++latest;
    const response = await fetch(`${place.dataset.scheduleCheck}?${query}`, { headers: { Accept: "application/json" } });
    if (!response.ok || number !== latest) return;
    const { now, warnings } = await response.json();
    place.querySelector("[data-schedule-now]").textContent = now;
    const list = place.querySelector("[data-schedule-warnings]");
    list.replaceChildren(
      ...warnings.map((text) => {
        const item = document.createElement("li");
        item.textContent = text;
        return item;
      }),
    );
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(() => check().catch(() => {}), 250); // ms; without the server there are no warnings
  }

  /* Capture: the date picker's own change events do not bubble. */
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => NAMES.includes(event.target.name) && soon(), true);
  }
  /* "Go to the first error" goes nowhere while that stands in the closed dialog: it opens it first. */
  document.addEventListener("click", (event) => {
    const selector = event.target.closest?.("[data-w-focus-target-value]")?.dataset.wFocusTargetValue;
    const error = selector && document.querySelector(selector);
    const dialog = error?.closest("#schedule-publishing-dialog");
    if (dialog?.getAttribute("aria-hidden") === "true") {
      document.querySelector('[data-a11y-dialog-show="schedule-publishing-dialog"]')?.click();
    }
  }, true);

  document.addEventListener("w-dialog:shown", (event) => event.target.querySelector?.("[data-schedule-check]") && soon(), true);
})();
