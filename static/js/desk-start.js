/* Starts what Wagtail starts with inline scripts, which the policy of the desk forbids: date pickers, panels of rows
   and choosers. Templates in templates/wagtailadmin/ and qa/desk/chooser_start.py put an element there that says what, in
   the place of the script. Stimulus finds it wherever and whenever it comes into the page, also in a dialog. */
(function () {
  "use strict";

  // Looked up when they are needed: the scripts that bring them come later in the page.
  const starts = {
    initDateChooser: (field, options) => window.initDateChooser(field, options),
    initDateTimeChooser: startMoment,
    initTimeChooser: (field, options) => window.initTimeChooser(field, options),
    createTaskChooser: (field) => window.createTaskChooser(field),
    Chooser: (field, options) => new window.Chooser(field, options),
    DocumentChooser: (field, options) => new window.DocumentChooser(field, options),
    ImageChooser: (field, options) => new window.ImageChooser(field, options),
    PageChooser: (field, options) => new window.PageChooser(field, options),
    SnippetChooser: (field, options) => new window.SnippetChooser(field, options),
    InlinePanel: (_, options) => new window.InlinePanel(Object.assign(options, { onAdd: startEverything })),
    MultipleChooserPanel: (_, options) =>
      new window.MultipleChooserPanel(Object.assign(options, { onAdd: startEverything })),
  };
  /* Wagtail's offers whole hours, and stays open over the buttons below while one types. */
  function startMoment(field, options) {
    window.initDateTimeChooser(field, { step: 15, ...options }); // minutes
    const input = document.getElementById(field);
    input.addEventListener("input", () => window.jQuery(input).datetimepicker("hide"));
  }

  const started = new WeakSet(); // a row that is moved comes into the page again

  function start(element) {
    if (started.has(element)) return;
    started.add(element);
    const { what, field, options } = element.dataset;
    starts[what](field, JSON.parse(options));
  }

  /* What is in a row that was just added: the panel fills it in at once, and Stimulus comes a moment later. */
  function startEverything() {
    document.querySelectorAll("[data-controller=desk-start]").forEach(start);
  }

  class Start extends window.StimulusModule.Controller {
    connect() {
      start(this.element);
    }
  }
  window.wagtail.app.register("desk-start", Start);

  // Jcrop asks by an attribute with a handler in it whether there is a touch screen; ready handlers run in their order.
  window.jQuery(() => {
    const jcrop = window.jQuery.Jcrop;
    if (jcrop) jcrop.defaults.touchSupport = "ontouchstart" in window;
  });
})();
