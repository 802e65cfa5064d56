/* Shows in Wagtail's checks panel what the server has found in the newest draft, and leads to the place in the form. */
(function () {
  "use strict";

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-column-checks]");
    if (!place) return;

    async function look(page) {
      if (!page) return; // not saved yet
      try {
        const response = await fetch(place.dataset.columnChecks.replace("/0/", `/${page}/`));
        if (!response.ok || response.redirected) return;
        const html = await response.text();
        place.innerHTML = html; // made, and escaped, by our own template
      } catch {
        // No network: the next save asks again.
      }
    }

    place.addEventListener("click", (event) => {
      const id = event.target.closest("a")?.hash.slice(1);
      const target = id && document.getElementById(id);
      if (!target) return;
      event.preventDefault();
      const tab = target.closest("[role=tabpanel]");
      if (tab?.hidden) document.querySelector(`[role=tab][href="#${tab.id}"]`)?.click();
      target.scrollIntoView({ block: "center" });
      (target.matches("input, textarea") ? target : target.querySelector("button, input, textarea"))?.focus();
    });

    look(place.dataset.page);
    document.addEventListener("w-autosave:success", ({ detail }) => look(detail.data.pk));
  });
})();
