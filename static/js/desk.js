/* Options of the Markdown editor in the admin, read by wagtail-markdown when it attaches an editor.
   Its stock settings load icons and a spell checker from other hosts, and a preview that renders in the browser:
   unlike the site, and with scripts that somebody stored. The browser's own spell checker stays. */
(function () {
  "use strict";

  const wagtailMarkdown = (window.wagtailMarkdown = window.wagtailMarkdown || {});

  wagtailMarkdown.options = Object.assign({}, wagtailMarkdown.options, {
    autoDownloadFontAwesome: false,
    spellChecker: false,
    nativeSpellcheck: true,
    inputStyle: "contenteditable",
    autoRefresh: { delay: 300 }, // an editor that starts inside a collapsed block would stay blank
    minHeight: "7rem",
    status: ["words"],
    toolbar: [
      "bold", "italic", "code", "|",
      "heading-2", "heading-3", "quote", "unordered-list", "ordered-list", "|",
      "link", "table", "horizontal-rule", "|",
      "undo", "redo",
    ],
  });
})();
