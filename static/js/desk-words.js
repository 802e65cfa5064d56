/* Offers the words that never reached the server when their form is opened again (desk-copies.js): to look at, to take, to
   throw away; and shows the text of a form, to be copied, when nothing else is left to do with it. */
(function () {
  "use strict";

  const LOOK_AFTER = 2_000; // ms: Wagtail's own time for a form to have started
  const words = JSON.parse(document.currentScript.dataset.words);
  const { deskCopies, deskSaving } = window;
  const form = () => document.querySelector("form[data-edit-form]");

  /* What a value says: rich text is stored as JSON, and hidden numbers say nothing to anybody. */
  function textOf(value) {
    if (value.startsWith("{")) {
      try {
        return JSON.parse(value).blocks.map(({ text }) => text).join("\n");
      } catch {
        // It is what it looks like.
      }
    }
    return value;
  }

  function labelOf(name) {
    const field = form()?.elements.namedItem(name);
    const element = field instanceof RadioNodeList ? field[0] : field;
    const label = element?.labels?.[0] ?? element?.closest("[data-contentpath]")?.querySelector("label, [data-panel-heading-text]");
    const panel = element?.closest(".w-panel")?.querySelector("[data-panel-heading-text]");
    return (label ?? panel)?.textContent.replace("*", "").trim() || name.split("-")[0].replace(/_/g, " ");
  }

  const isText = ([name, value]) =>
    /\p{L}/u.test(value) && !/(^|-)(id|type|uuid|order|deleted|ORDER|DELETE|(TOTAL|INITIAL|M\w+_NUM)_FORMS|contentpath|position)$/.test(name) &&
    !name.startsWith("csrf") && !/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value) && !name.includes("revision");

  /* Texts of the copy; if `current` is given, those that it does not have. */
  function textsOf(entries, current = []) {
    const known = new Set(current.map(([, value]) => value));
    const texts = entries.filter(isText).filter(([, value]) => !known.has(value));
    return texts.map(([name, value]) => [labelOf(name), textOf(value)]).filter(([, text]) => text.trim());
  }

  function dialog(title, texts) {
    const box = Object.assign(document.createElement("dialog"), { className: "desk-words" });
    box.setAttribute("aria-label", title);
    const heading = Object.assign(document.createElement("h2"), { textContent: title });
    const list = document.createElement("dl");
    for (const [label, text] of texts) {
      list.append(Object.assign(document.createElement("dt"), { textContent: label }));
      list.append(Object.assign(document.createElement("dd"), { textContent: text, dir: "auto" }));
    }
    const nothing = Object.assign(document.createElement("p"), { textContent: words.order });
    const [copy, close] = [words.copy, words.close].map((label) =>
      Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label }));
    copy.addEventListener("click", async () => {
      const text = texts.map((pair) => pair.join("\n")).join("\n\n");
      try {
        await navigator.clipboard.writeText(text);
        copy.textContent = words.copied;
      } catch { // not allowed, or no secure connection: it is marked, for the keyboard
        getSelection().selectAllChildren(list);
      }
    });
    close.addEventListener("click", () => box.close());
    box.addEventListener("close", () => box.remove());
    box.append(heading, texts.length ? list : nothing, ...(texts.length ? [copy] : []), close);
    document.body.append(box);
    box.showModal();
  }

  function offer(copy) {
    const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    const box = Object.assign(document.createElement("section"), { className: "desk-offer" });
    box.setAttribute("role", "status");
    box.dataset.offeredWords = copy.id;
    box.append(Object.assign(document.createElement("p"), { textContent: words.offer.replace("%s", when.format(copy.at)) }));
    const current = [...new FormData(form())];
    const ways = [
      [words.look, () => dialog(words.title, [
        ...textsOf(copy.entries, current), ...(copy.remarks ?? []).map(({ newText, newReply }) => [words.remark, newText || newReply])])],
      [words.take, () => take(copy)],
      [words.throwAway, async () => { await deskCopies.remove(copy.id); box.remove(); }],
    ];
    for (const [label, act] of ways) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label, className: "button button-small button-secondary" });
      button.addEventListener("click", act);
      box.append(button);
    }
    form().before(box);
  }

  /* They are saved as a draft of the version that they were a change of: if somebody has saved since, both are shown. */
  function take(copy) {
    const fields = copy.entries.filter(([name]) => name !== "csrfmiddlewaretoken");
    const token = form().elements.namedItem("csrfmiddlewaretoken").value;
    deskSaving.take({ ...copy, entries: [...fields, ["csrfmiddlewaretoken", token]] });
  }

  window.addEventListener("load", () => setTimeout(async () => {
    const element = form();
    if (!element) return;
    await window.desk.ready;
    const key = deskSaving.keyOf(element);
    const current = deskSaving.serialised([...new FormData(element)]);
    const isAnswer = element.dataset.wUnsavedForceValue === "true"; // what was sent stands in the form
    let offered = false;
    for (const copy of await deskCopies.left(key)) {
      const isHere = deskSaving.serialised(copy.entries) === current && !copy.remarks?.length;
      if (isHere || (isAnswer && copy.sent)) deskCopies.remove(copy.id);
      else if (!offered) offered = !offer(copy);
    }
  }, LOOK_AFTER));

  window.deskWords = {
    show: (element) => dialog(words.all, textsOf([...new FormData(element)])),
  };
})();
