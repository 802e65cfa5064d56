/* Suggestions below a search field, by the ARIA combobox pattern (w3.org/WAI/ARIA/apg/patterns/combobox).
   Whatever fails here, the form still searches. Texts come translated from data attributes of the form. */
(function () {
  "use strict";

  const WAIT = 150; // milliseconds after the last keystroke
  let forms = 0;

  for (const form of document.querySelectorAll("form[data-suggest]")) {
    const field = form.querySelector("input[type=search]");
    const list = document.createElement("ul");
    const status = document.createElement("p");
    let timer, request, chosen = -1;

    list.id = "suggestions-" + ++forms;
    list.className = "suggestions";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", form.querySelector("label").textContent);
    status.className = "spoken";
    status.setAttribute("role", "status");
    form.append(list, status);
    const states = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    for (const [name, value] of Object.entries(states)) field.setAttribute(name, value);

    function close() {
      clearTimeout(timer);
      request?.abort();
      list.hidden = true;
      chosen = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
      status.textContent = "";
    }

    function choose(number) {
      chosen = number;
      [...list.children].forEach((option, place) => option.setAttribute("aria-selected", place === number));
      if (number < 0) field.removeAttribute("aria-activedescendant");
      else field.setAttribute("aria-activedescendant", list.children[number].id);
    }

    function show(found) {
      list.replaceChildren(...found.map((suggestion, place) => {
        const option = document.createElement("li");
        const kind = document.createElement("span");
        option.id = list.id + "-" + place;
        option.setAttribute("role", "option");
        option.dataset.address = suggestion.address;
        option.append(suggestion.text, " ", kind);
        kind.className = "count";
        kind.textContent = suggestion.kind;
        return option;
      }));
      choose(-1);
      list.hidden = !found.length;
      field.setAttribute("aria-expanded", String(!!found.length));
      const { none, one, many } = form.dataset;
      status.textContent = found.length > 1 ? many.replace("%s", found.length) : found.length ? one : none;
    }

    async function suggest() {
      const q = field.value.trim();
      request?.abort();
      if (q.length < 2) return close();
      request = new AbortController();
      try {
        const answer = await fetch(form.dataset.suggest + "?q=" + encodeURIComponent(q), { signal: request.signal });
        if (!answer.ok) throw new Error(answer.status);
        const { suggestions } = await answer.json();
        if (document.activeElement === field && field.value.trim() === q) show(suggestions);
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    }

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(suggest, WAIT);
    });
    field.addEventListener("keydown", (event) => {
      const number = list.hidden ? 0 : list.children.length;
      if (event.isComposing || !number) return;
      if (event.key === "Escape") {
        event.preventDefault(); // the first one closes the list, a second one empties the field
        close();
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        // Above the first and below the last one is the field itself.
        const step = event.key === "ArrowDown" ? 1 : -1;
        choose(((chosen + 1 + step + number + 1) % (number + 1)) - 1);
      } else if (event.key === "Enter" && chosen >= 0) {
        event.preventDefault();
        location.assign(list.children[chosen].dataset.address);
      }
    });
    field.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => {
      const option = event.target.closest("li");
      if (option) location.assign(option.dataset.address);
    });
    form.addEventListener("submit", close);
  }
})();
