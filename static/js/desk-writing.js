/* Puts the cursor where one goes on writing: into the block that was just added, into the search of the block picker.
   Wagtail does so for its own text blocks and leaves it on a button otherwise (8.0.1). */
(function () {
  "use strict";

  const PICKER = ".w-combobox";
  const TEXT = "input:not([type=hidden], [type=checkbox], [type=radio], [type=button], [type=submit]), textarea, [contenteditable=true]";
  const CHOOSERS = "[data-chooser-action-choose]";
  const OFTEN = 50; // ms between two looks
  const LOOKS = 40; // then something else is in the way

  const isSeen = (element) => element.getClientRects().length > 0;

  /* Looks until there is what was looked for, and it was dealt with. */
  function when(find, act, left = LOOKS) {
    const found = find();
    if (found) act(found);
    else if (left > 0) setTimeout(() => when(find, act, left - 1), OFTEN);
  }

  /* The first thing in a block that is written or chosen. */
  function start(block) {
    const first = [...block.querySelectorAll(`.CodeMirror, ${TEXT}, ${CHOOSERS}`)].find(isSeen);
    (first?.CodeMirror ?? first)?.focus();
  }

  function blocks() {
    return new Set(document.querySelectorAll("[data-streamfield-child]"));
  }

  function isOption(event) {
    if (event.type === "keydown" && event.key !== "Enter") return false;
    return event.target.closest?.(event.type === "keydown" ? PICKER : ".w-combobox__option");
  }

  for (const type of ["click", "keydown"]) {
    document.addEventListener(type, (event) => {
      if (!isOption(event)) return;
      const before = blocks();
      const added = () => [...blocks()].find((block) => !before.has(block));
      // What closes takes the focus with it, and Wagtail's own focus comes 50 ms after the block.
      when(added, (block) => when(() => !document.querySelector(PICKER), () => setTimeout(() => start(block), 2 * OFTEN)));
    }, true);
  }

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".c-sf-add-button")) return;
    when(() => document.querySelector(`${PICKER} input`), (search) => document.activeElement !== search && search.focus());
  });

  /* A new question that was begun on a day of the calendar is planned for it. */
  document.addEventListener("DOMContentLoaded", () => {
    const day = new URLSearchParams(location.search).get("planned_for");
    const field = document.querySelector("form[data-edit-form] [name=planned_for]");
    if (field && !field.value && /^\d{4}-\d\d-\d\d$/.test(day)) field.value = day;
  });

  /* The question is one line, however many it takes on the screen. */
  const isQuestion = (element) => element.matches?.("form[data-edit-form] textarea[name=title]");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && isQuestion(event.target)) event.preventDefault();
  });
  document.addEventListener("input", ({ target }) => {
    if (isQuestion(target) && /[\r\n]/.test(target.value)) target.value = target.value.replace(/\s*[\r\n]+\s*/g, " ");
  }, true);
})();
