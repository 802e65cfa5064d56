/* Sends the desk's forms, and leaves them when the server has the words, not before. Until then they are kept in the
   browser as well (desk-copies.js). What stops a save is said, with the way out; what can be repeated is repeated. */
(function () {
  "use strict";

  const FORM = "form[data-edit-form]";
  const SETTLING = 300; // ms: Wagtail's rich text editor writes its field 250 ms after the last key
  const KEEPING = 1_000; // ms that the browser's own copy is waited for
  const LONGEST = 3_000; // ms that the editor is waited for
  const PATIENCE = 60_000; // ms that an answer is waited for
  const AGAIN = 5_000; // ms until a server that is away is asked again
  const LOOKING = 15_000; // ms between two looks whether what is corrected is still scheduled
  const TRIES = 4; // of what may come through the next time
  const NOT_CONTENT = new Set(["csrfmiddlewaretoken", "loaded_revision_id", "loaded_revision_created_at", "next"]);
  const words = JSON.parse(document.currentScript.dataset.words);
  const { desk, deskCopies } = window;

  let pending = null; // what was asked for: the name and value of the button, or nothing for the form's own
  let busy = false; // whether an answer is waited for
  let leaving = false;
  let timer = null;
  let tries = 0; // in vain, of what can be repeated
  let typed = false;
  let touched = 0; // when somebody last did something in the form, and when the server last had all of it
  let saved = 0;
  let richlyTouched = -Infinity;

  const form = () => document.querySelector(FORM);
  const controller = (name, element = form()) =>
    element && window.wagtail?.app?.getControllerForElementAndIdentifier?.(element, name);

  /* What is in the form, without what it identifies itself with. Files stay where they are. */
  function serialised(entries) {
    return new URLSearchParams(entries.filter(([name, value]) => !NOT_CONTENT.has(name) && typeof value === "string")).toString();
  }

  function keyOf(element) {
    return `${desk.account} ${new URL(element.action, location.href).pathname}`;
  }

  /* No copy is worth waiting for when it does not come: the form is sent all the same. */
  const atMost = (milliseconds, promise) => Promise.race([promise, new Promise((resolve) => setTimeout(resolve, milliseconds))]);

  /* Words are kept shortly after they are typed. `sent`: they are on their way with the whole page. */
  async function keep({ sent = false } = {}) {
    await atMost(KEEPING, desk.ready); // whose words they are
    const element = form();
    if (!element || !desk.account || touched <= saved) return;
    const key = keyOf(element);
    const entries = [...new FormData(element)].filter(([, value]) => typeof value === "string");
    await deskCopies.keep(key, { entries, sent, remarks: window.deskRemarks?.underWay() ?? [] });
  }

  let keeping = null;
  for (const type of ["input", "keydown", "click", "drop", "paste", "change", "focusout"]) {
    document.addEventListener(type, (event) => {
      if (!event.isTrusted || !event.target.closest) return;
      const inRichText = event.target.closest("[data-draftail-editor-wrapper]");
      if (inRichText) richlyTouched = performance.now();
      if (type === "focusout") return;
      if (event.target.closest("footer, .desk-notice, [data-offered-words]")) return;
      if (!event.target.closest(`${FORM}, [data-side-panel], .modal, [role=dialog], .w-combobox-container`)) return;
      if (type === "keydown" && ["Control", "Alt", "Shift", "Meta", "Tab"].includes(event.key)) return;
      touched = performance.now();
      typed ||= type === "input";
      clearTimeout(keeping);
      keeping = setTimeout(keepIfChanged, SETTLING + 50);
    }, true);
  }

  /* A click alone changes nothing, mostly. */
  let lastSaved = null; // what the server has, as far as is known
  function keepIfChanged() {
    const element = form();
    if (!element) return;
    const remarks = window.deskRemarks?.underWay() ?? [];
    if (lastSaved !== null && !remarks.length && serialised([...new FormData(element)]) === lastSaved) return;
    keep();
  }
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && touched > saved && keepIfChanged());
  window.addEventListener("pagehide", () => !leaving && touched > saved && keepIfChanged());

  /* A form that has come back with mistakes is on this page only. */
  window.addEventListener("load", () => {
    if (form()?.dataset.wUnsavedForceValue !== "true") return;
    touched = performance.now();
    keep();
  });

  document.addEventListener("w-unsaved:watch-edits", () => {
    if (!touched && form()) lastSaved = serialised([...new FormData(form())]);
  });

  /* A draft that saved itself is on the server, with what was typed by then. */
  let taken = 0;
  document.addEventListener("w-autosave:save", ({ defaultPrevented }) => {
    if (!defaultPrevented) taken = performance.now();
  });
  document.addEventListener("w-autosave:success", () => {
    desk.clear("network", "server");
    tries = 0;
    saved = taken;
    if (touched > saved || window.deskRemarks?.underWay().length) return keep();
    lastSaved = serialised([...new FormData(form())]);
    deskCopies.remove();
  });

  /* Autosave says "a server error occurred" of everything: the reason is asked for. */
  document.addEventListener("w-autosave:error", ({ detail }) => {
    if (detail.type === "server_error") explain(detail.response ? 400 : 0);
    else if (detail.type === "network_error") desk.say("network", words.offlineDraft);
  });

  /* Wagtail's rich text editor writes its field when nothing has happened to it for a while: also when it loses the focus,
     that time begins anew. So its text is compared as well. */
  function isWritten(field) {
    const editor = field.draftailEditor?.getEditorState?.();
    if (!editor || !field.value.startsWith("{")) return true;
    const written = JSON.parse(field.value).blocks.map(({ text }) => text).join("\n");
    return written === editor.getCurrentContent().getPlainText("\n");
  }

  /* What follows a field when it is left, as the slug follows the title, follows it now. */
  async function settled() {
    const field = document.activeElement;
    if (field?.form === form()) field.dispatchEvent(new Event("change", { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const end = performance.now() + LONGEST;
    const isSettled = () => performance.now() - richlyTouched >= SETTLING &&
      [...document.querySelectorAll("[data-draftail-input]")].every(isWritten);
    while (!isSettled() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  document.addEventListener("submit", (event) => {
    if (!event.target.matches(FORM) || event.defaultPrevented) return;
    event.preventDefault();
    const { submitter } = event; // Wagtail disables it, and what is disabled is not sent
    pending = { name: submitter?.name, value: submitter?.value };
    tries = 0;
    controller("w-unsaved") && (controller("w-unsaved").confirmationValue = true);
    send();
  });

  async function send() {
    if (busy || leaving || !pending) return;
    busy = true;
    clearTimeout(timer);
    try {
      await window.deskAutosave?.rest();
      await settled();
      touched = Math.max(touched, saved + 1); // also what nobody has typed is to be saved
      await atMost(2 * KEEPING, keep());
      await follow(await post());
    } finally {
      busy = false;
    }
  }

  async function post(data = new FormData(form())) {
    if (pending?.name) data.append(pending.name, pending.value);
    const headers = { "X-Sent-By-Script": "yes", Accept: "text/html" };
    const signal = AbortSignal.timeout?.(PATIENCE);
    try {
      return await fetch(form().action, { method: "POST", body: data, headers, signal });
    } catch {
      return null;
    }
  }

  /* Views answer a script in JSON. A page comes from before them, such as the one that asks for the password again. */
  function answerOf(response) {
    if (!response?.ok || response.redirected) return null;
    const type = response.headers.get("Content-Type") ?? "";
    return type.startsWith("application/json") ? response.json().catch(() => null) : { ask: type.startsWith("text/html") };
  }

  async function follow(response) {
    const answer = await answerOf(response);
    if (answer?.location) return leaveFor(answer.location);
    if (answer?.ask) return leaveByForm();
    stay();
    await explain(response?.status ?? 0, response?.headers.get("Retry-After"));
  }

  /* The server has the words. */
  async function leaveFor(address, copy, remarks) {
    leaving = true;
    desk.clear();
    await atMost(KEEPING, deskCopies.remove(copy));
    window.deskPlace?.remember(address);
    window.deskRemarks?.remember(address, remarks);
    release();
    location.assign(address);
  }

  /* There is something to be asked, on a page that only the browser itself can show. */
  async function leaveByForm() {
    leaving = true;
    await atMost(2 * KEEPING, keep({ sent: true }));
    const element = form();
    if (pending.name) {
      element.append(Object.assign(document.createElement("input"), { type: "hidden", ...pending }));
    }
    release();
    HTMLFormElement.prototype.submit.call(element);
  }

  function release() {
    const unsaved = controller("w-unsaved");
    if (unsaved) unsaved.confirmationValue = false;
  }

  function stay() {
    document.querySelectorAll("[data-controller~=w-progress][disabled]").forEach((button) => {
      controller("w-progress", button)?.deactivate();
    });
    window.deskAutosave?.resume();
  }

  /* Says why a save has not come through, and does what can be done. */
  async function explain(status, retryAfter = null) {
    const standing = await desk.ask(form()?.action);
    const retry = [words.tryAgain, () => goOn()];
    const copy = [words.showText, () => window.deskWords?.show(form())];
    switch (standing.reason) {
      case "network":
        desk.say("network", pending ? words.offline : words.offlineDraft, pending ? [retry] : []);
        return later(AGAIN);
      case "signed-out":
        return desk.saySignedOut(pending ? words.signedOut : words.signedOutDraft, [copy]);
      case "other":
        return desk.say("other", words.other.replace("%s", standing.name), [[words.saveAs.replace("%s", standing.name), retry[1]], copy]);
      case "deleted":
        return desk.say("deleted", standing.page.message, [
          ...(standing.page.add ? [[words.saveAsNew, () => saveAsNew(standing.page.add)]] : []), copy]);
      case "refused":
        return desk.say("refused", standing.page.message, [copy]);
      case "server":
        desk.say("server", words.server, [retry, copy]);
        return later(AGAIN);
    }
    // It is well by now. What was refused for its token has a new one.
    const isPassing = status === 0 || status === 403 || status >= 502;
    tries += 1;
    if (isPassing && tries <= TRIES) return later(Math.min(retryAfter * 1000 || 200 * tries ** 2, PATIENCE));
    desk.say("server", status === 413 ? words.tooLarge : words.server, [retry, copy]);
  }

  function later(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(goOn, milliseconds);
  }

  function goOn() {
    if (pending) return send();
    return window.deskAutosave?.resume();
  }

  window.addEventListener("online", () => {
    desk.clear("network");
    goOn();
  });
  document.addEventListener("desk:signed-in", ({ detail }) => (detail.reason === "ready" ? goOn() : explain(403)));

  /* What is corrected while it is scheduled may go out meanwhile: it is said while one types. */
  if (/\/correct\//.test(location.pathname)) {
    setInterval(async () => {
      const standing = document.visibilityState === "visible" && !leaving && (await desk.ask(location.pathname));
      if (standing.reason === "unscheduled") desk.say("unscheduled", `${standing.page.message} ${words.unscheduled}`);
    }, LOOKING);
  }

  /* The words of a page that is gone become a new draft: rows and remarks of the old one are nobody's. */
  async function saveAsNew(address) {
    await settled();
    const data = [...new FormData(form())].filter(([name, value]) => typeof value === "string" && !name.startsWith("comments-"));
    const fields = data
      .filter(([name]) => !/^(loaded_revision_|overwrite_revision_id|next$)/.test(name))
      .map(([name, value]) => (/-INITIAL_FORMS$/.test(name) ? [name, "0"] : /-\d+-id$/.test(name) && isRow(name) ? [name, ""] : [name, value]));
    const empty = ["TOTAL_FORMS", "INITIAL_FORMS"].map((name) => [`comments-${name}`, "0"]);
    await keep({ sent: true });
    sendByBrowser(address, [...fields, ...empty, ["comments-MAX_NUM_FORMS", ""], ["comments-MIN_NUM_FORMS", "0"]]);
  }

  /* A row of a panel has its formset's management form; the blocks of a stream have ids as well, which they keep. */
  function isRow(name) {
    return form().elements.namedItem(name.replace(/-\d+-id$/, "-TOTAL_FORMS")) !== null;
  }

  function sendByBrowser(address, fields) {
    leaving = true;
    const element = Object.assign(document.createElement("form"), { method: "post", action: address, hidden: true });
    for (const [name, value] of fields) {
      element.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(element);
    release();
    HTMLFormElement.prototype.submit.call(element);
  }

  /* Words that were found in the browser are sent as if they stood in the form. */
  async function take({ id, entries, remarks }) {
    const data = new FormData();
    entries.forEach(([name, value]) => data.append(name, value));
    const response = await post(data);
    const answer = await answerOf(response);
    if (answer?.location) return leaveFor(answer.location, id, remarks);
    if (!answer?.ask) return explain(response?.status ?? 0);
    await deskCopies.send(id);
    sendByBrowser(form().action, entries);
  }

  /* Whoever leaves within the half second in which Wagtail has not looked yet is asked as well. */
  window.addEventListener("beforeunload", (event) => {
    if (leaving || !form()) return;
    if (touched > saved) keepIfChanged(); // there is time while the browser asks
    const unsaved = controller("w-unsaved");
    if (unsaved?.initialFormData) unsaved.check();
    const isTooFresh = performance.now() - richlyTouched < SETTLING || (typed && unsaved && !unsaved.initialFormData && !unsaved.forceValue);
    if (pending || isTooFresh) event.preventDefault();
  });

  /* Back to a form that the browser has kept as it was left: what it shows is saved, and no longer the newest. */
  window.addEventListener("pageshow", (event) => event.persisted && leaving && location.reload());

  window.deskSaving = { keyOf, serialised, take };
})();
