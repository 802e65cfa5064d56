/* Asks, while a question is typed, for questions like it, and shows them under the title. */
(function () {
  "use strict";

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-similar]");
    const title = document.querySelector("[name=title]");
    if (!place || !title) return;
    let waiting = null;
    let asking = null;
    let asked = null;

    async function ask() {
      const text = document.querySelector("[name=question]")?.value ?? "";
      const query = new URLSearchParams({ title: title.value, text: text.slice(0, 500), page: place.dataset.page });
      if (String(query) === asked) return;
      asked = String(query);
      asking?.abort();
      asking = new AbortController();
      try {
        const response = await fetch(`${place.dataset.similar}?${query}`, { signal: asking.signal });
        if (!response.ok || response.redirected) return; // signed out meanwhile: the next save says so
        const html = (await response.text()).trim();
        if (place.innerHTML.trim() !== html) place.innerHTML = html; // made, and escaped, by our own template
      } catch {
        asked = null; // no network, or a newer question has taken its place
      }
    }

    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 400); // milliseconds: a pause between words, not between letters
    };
    title.addEventListener("input", later);
    title.addEventListener("focus", later);
    document.addEventListener("w-autosave:success", ({ detail }) => { // a new question has its number from now on
      if (!place.dataset.page && detail.data.pk) place.dataset.page = detail.data.pk;
    });
    later();
  });
})();
