/* Options of the Markdown editor in the admin, read by wagtail-markdown when it attaches an editor.
   Its stock settings load icons and a spell checker from other hosts, and a preview that renders in the browser:
   unlike the site, and with scripts that somebody stored. The browser's own spell checker stays. */
(function () {
  "use strict";

  const wagtailMarkdown = (window.wagtailMarkdown = window.wagtailMarkdown || {});
  const settings = document.currentScript.dataset; // addresses and labels, from qa/desk/assets.py
  const labels = JSON.parse(settings.labels);

  /* The words of a link or picture made of a title: what Markdown would take for markup is escaped. */
  function escaped(title) {
    return title.replace(/[\\`*_[\]<|~]/g, "\\$&");
  }

  /* Puts a reference where the cursor was when the dialog opened; selected text becomes its words. */
  function insert(codemirror, from, to, kind, chosen) {
    const selected = codemirror.getRange(from, to).replace(/\s*\n\s*/g, " "); // a link ends with its paragraph
    const words = selected.trim() || escaped((kind === "image" && chosen.default_alt_text) || chosen.title);
    const reference = `${kind === "image" ? "!" : ""}[${words}](${kind}:${chosen.id})`;
    const before = codemirror.getRange({ line: from.line, ch: Math.max(from.ch - 1, 0) }, from);
    const apart = kind !== "image" && before === "!" ? " " : ""; // "Look!" before a link would make it a picture
    const [space, after] = selected.trim() ? [/^\s*/.exec(selected)[0], /\s*$/.exec(selected)[0]] : ["", ""];
    codemirror.replaceRange(apart + space + reference + after, from, to);
  }

  /* One of EasyMDE's own buttons, which it would name in English; desk.css has the signs. */
  function own(name, method) {
    return { name, className: name, title: labels[name], action: (editor) => editor[method]() };
  }

  /* How many words the text has, below it; EasyMDE's own count says so in English. */
  function countWords(status) {
    const text = status.closest(".EasyMDEContainer")?.querySelector(".CodeMirror").CodeMirror.getValue() ?? "";
    status.textContent = labels.words.replace("%s", text.split(/\s+/).filter(Boolean).length);
  }

  /* A button that opens one of Wagtail's own choosers. Its sign is in Wagtail's set of icons, which every page has. */
  function chooser(kind, icon, open) {
    return {
      name: `insert-${kind}`,
      title: settings[`${kind}Label`],
      icon: `<svg class="icon" aria-hidden="true"><use href="#icon-${icon}"></use></svg>`,
      action: function (editor) {
        const codemirror = editor.codemirror;
        // Remembered now: the dialog takes the focus, and with it the selection.
        const [from, to] = [codemirror.getCursor("from"), codemirror.getCursor("to")];
        // However the dialog ends, the cursor is back in the text; Bootstrap's events are jQuery's.
        window.jQuery(document).one("hidden.bs.modal", () => codemirror.focus());
        open(settings[`${kind}Chooser`], (chosen) => insert(codemirror, from, to, kind, chosen));
      },
    };
  }

  /* EasyMDE also binds keys to what its toolbar here has no button for. A preview of its own would run the scripts that a
     writer has stored in a text: nothing leads to it any more, and whatever still calls it shows nothing. Filling the
     window hides how to save, and an image is chosen: its address alone is no reference. The keys are Wagtail's
     and the browser's again: Ctrl+P opens the preview of the page. */
  const unbound = ["togglePreview", "toggleSideBySide", "toggleFullScreen", "drawImage"];
  const nothing = () => "";

  wagtailMarkdown.options = Object.assign({}, wagtailMarkdown.options, {
    shortcuts: Object.fromEntries(unbound.map((name) => [name, null])),
    previewRender: nothing,
    renderingConfig: { sanitizerFunction: nothing },
    previewImagesInEditor: false,
    uploadImage: false,
    autoDownloadFontAwesome: false,
    spellChecker: false,
    nativeSpellcheck: true,
    inputStyle: "contenteditable",
    autoRefresh: { delay: 300 }, // an editor that starts inside a collapsed block would stay blank
    minHeight: "7rem",
    status: [{ className: "word-count", onUpdate: countWords }],
    toolbar: [
      own("bold", "toggleBold"), own("italic", "toggleItalic"), own("code", "toggleCodeBlock"), "|",
      own("heading-2", "toggleHeading2"), own("heading-3", "toggleHeading3"), own("quote", "toggleBlockquote"),
      own("unordered-list", "toggleUnorderedList"), own("ordered-list", "toggleOrderedList"), "|",
      own("link", "drawLink"),
      chooser("page", "help", (address, respond) =>
        new window.PageChooserModal(address).open({ modelNames: [settings.pageType] }, respond)),
      chooser("document", "doc-full", (address, respond) =>
        new window.DocumentChooserModal(address).open({}, respond)),
      chooser("image", "image", (address, respond) =>
        new window.ImageChooserModal(address).open({}, respond)),
      own("table", "drawTable"), own("horizontal-rule", "drawHorizontalRule"), "|",
      own("undo", "undo"), own("redo", "redo"),
    ],
  });

  /* EasyMDE keeps the Tab key to itself, and whoever works with the keyboard would never leave a text (WCAG 2.1.2). It
     goes to the browser; a list is indented as in a word processor, and with CodeMirror's own Ctrl+] and Ctrl+[. */
  const keys = { Tab: false, "Shift-Tab": false };
  if (!/Mac/.test(navigator.platform)) { // where these select words, and Cmd+] and Cmd+[ indent
    keys["Shift-Alt-Right"] = "indentMore";
    keys["Shift-Alt-Left"] = "indentLess";
  }
  document.addEventListener("focusin", (event) => {
    const codemirror = event.target.closest?.(".CodeMirror")?.CodeMirror;
    const current = codemirror?.getOption("extraKeys");
    if (codemirror && current?.Tab !== false) codemirror.setOption("extraKeys", Object.assign({}, current, keys));
  });

  /* The languages that a code block offers while its field is filled in; others are accepted, and have no colours. */
  document.addEventListener("DOMContentLoaded", () => {
    const list = document.createElement("datalist");
    list.id = "coloured-languages";
    list.append(...settings.languages.split(" ").map((name) => new Option(name)));
    document.body.append(list);
  });

  /* EasyMDE takes its buttons out of the order of the Tab key. A toolbar is one stop in it, and the arrow keys move
     inside, as the ARIA Authoring Practices have it. Toolbars come and go with blocks; before the first key arrives
     at one, something else has had the focus. */
  document.addEventListener("focusin", () => {
    document.querySelectorAll(".editor-toolbar:not([aria-label])").forEach((toolbar) => {
      toolbar.setAttribute("role", "toolbar");
      toolbar.setAttribute("aria-label", settings.toolbarLabel);
      toolbar.querySelector("button").tabIndex = 0;
    });
  });

  document.addEventListener("keydown", (event) => {
    const button = event.target.closest?.(".editor-toolbar button");
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!button || !step) return;
    const buttons = [...button.parentElement.querySelectorAll("button")];
    const next = buttons[(buttons.indexOf(button) + step + buttons.length) % buttons.length];
    [button.tabIndex, next.tabIndex] = [-1, 0];
    next.focus();
    event.preventDefault();
  });
})();
