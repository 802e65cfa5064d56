/* Keeps every typed word with Wagtail's autosave, which forgets some. */
(function () {
  "use strict";

  const FORM = "form[data-edit-form]";
  const PATIENCE = 30_000; // ms that "Save" waits for a save under way: no worker of the server takes longer
  const settings = document.currentScript.dataset; // words, from qa/desk/assets.py
  let taken = null; // the form as the save took it that is under way
  let sending = null; // the request under way, as a promise
  let unfit = false; // whether Wagtail's controllers are not those that this was written for

  /* A controller of the form itself. The indicator in the header has a "w-autosave" as well, and comes first. */
  function controller(name) {
    const form = document.querySelector(FORM);
    return form && window.wagtail?.app?.getControllerForElementAndIdentifier?.(form, name);
  }

  /* What is used here of Wagtail's controllers, none of which it promises to keep. */
  const USED = {
    "w-unsaved": ["formData", "initialFormData", "previousFormData", "forceValue", "checkInterval", "checkIntervalValue",
      "checkIntervalValueChanged", "check"],
    "w-autosave": ["submit", "activeValue", "intervalValue", "intervalValueChanged"],
  };

  function missing() {
    for (const [name, members] of Object.entries(USED)) {
      const found = controller(name);
      const member = found && members.find((one) => !(one in found));
      if (!found || member) return member ? `${name}.${member}` : name;
    }
    const { submit } = controller("w-autosave");
    return submit?.restore && submit.cancel ? null : "w-autosave.submit.restore";
  }

  /* A form that saves itself behind the back of "Save" would lose words and meet itself as somebody else: rather none
     that saves itself, and everybody is told. Only Wagtail's documented event is needed for that. */
  function giveUp(what) {
    unfit = true;
    console.error(`autosave.js: this Wagtail has no ${what}; the form does not save itself`);
    const notice = document.createElement("div");
    notice.className = "help-block help-critical";
    notice.setAttribute("role", "alert");
    notice.textContent = settings.unfit;
    document.querySelector(FORM).before(notice);
  }

  /* Wagtail takes for saved what stands in the form two seconds after it was opened, also what was typed by then. */
  let early = false;
  document.addEventListener("input", (event) => {
    const unsaved = event.isTrusted && event.target.closest?.(FORM) && controller("w-unsaved");
    if (unsaved && !unsaved.initialFormData) early = true;
  }, true);
  document.addEventListener("w-unsaved:watch-edits", () => {
    const unsaved = early && controller("w-unsaved");
    if (unsaved) unsaved.initialFormData = unsaved.previousFormData = "nothing of this is saved";
  });
  document.addEventListener("w-autosave:success", () => (early = false), true);

  /* While the request is under way is nobody's secret but the controller's: wrapped inside its own debounce. */
  document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
    if (!document.querySelector(`${FORM}[data-controller~="w-autosave"]`)) return; // nothing saves itself here
    const what = missing();
    if (what) return giveUp(what);
    const autosave = controller("w-autosave");
    const submit = autosave.submit.restore();
    autosave.submit = (...details) => (sending = submit(...details).finally(() => (sending = null)));
    autosave.intervalValueChanged(autosave.intervalValue);
  }));

  document.addEventListener("w-autosave:save", (event) => {
    if (unfit) event.preventDefault();
    taken = controller("w-unsaved")?.formData ?? null;
  });

  /* When a save comes back, Wagtail takes what stands in the form *then* for saved, also what was typed since the save
     took it, if its half-second poll has not noticed it: such words would wait for the next key. What was taken is
     what is saved. The server's answers to it (the numbers of new rows) are in the form, and are no typing. */
  document.addEventListener("w-autosave:success", ({ target, detail }) => {
    const unsaved = controller("w-unsaved");
    if (!unsaved || taken === null) return;
    const saved = new URLSearchParams(taken);
    Object.entries(detail.data.field_updates ?? {}).forEach(([name, value]) => saved.has(name) && saved.set(name, value));
    unsaved.initialFormData = unsaved.previousFormData = saved.toString();
    watch(unsaved);
    unsaved.check();

    // What "Save" sends along: which version this form is a change of. Wagtail leaves the one that was opened.
    const version = { loaded_revision_id: "revision_id", loaded_revision_created_at: "revision_created_at" };
    Object.entries(version).forEach(([name, key]) => {
      const input = target.elements[name];
      if (input && detail.data[key]) input.value = detail.data[key];
    });
  });

  /* A form that came back with mistakes counts as changed, and Wagtail does not look at it again. */
  document.addEventListener("w-autosave:error", () => {
    const unsaved = controller("w-unsaved");
    if (!unsaved?.forceValue) return;
    unsaved.forceValue = false;
    unsaved.initialFormData = "nothing of this is saved";
    unsaved.previousFormData = unsaved.formData;
    watch(unsaved);
  });

  function watch(unsaved) {
    if (!unsaved.checkInterval) unsaved.checkIntervalValueChanged(unsaved.checkIntervalValue);
  }

  /* When somebody else has saved, Wagtail asks whether to overwrite that. The server asks better, after the click
     (qa/desk/form/conflicts.py): it shows what differs, and overwrites nothing. */
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#page-edit-form button");
    const session = button && window.wagtail.app.queryController("w-session"); // of a form of its own, beside the page's
    if (session?.interceptValue === "conflict") session.interceptValue = "";
  }, true);

  /* What a review is answered with is sent by form.submit(), which tells nobody: the form would go on saving itself, and
     would send the answer once more. */
  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector(FORM);
    if (form) form.submit = () => form.requestSubmit();
  });

  /* Whoever presses "Save" while the form saves itself would meet that save as somebody else's newer version: one that
     waits to be sent is not sent, one that is under way is waited for, however it ends (desk-saving.js). */
  window.deskAutosave = {
    async rest() {
      const autosave = !unfit && controller("w-autosave");
      if (!autosave) return;
      autosave.submit.cancel();
      autosave.activeValue = false;
      if (!sending) return;
      await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
      sending = null; // also one that was never answered
    },

    /* The form has not been left: it goes on saving itself, also what it would have sent meanwhile. */
    resume() {
      const [autosave, unsaved] = [!unfit && controller("w-autosave"), controller("w-unsaved")];
      if (!autosave || !unsaved) return;
      autosave.activeValue = true;
      autosave.submitPromise = null; // of a save that was not sent, and would be waited for for ever
      if (unsaved.hasEditsValue || unsaved.hasCommentsValue) unsaved.notify();
    },
  };
})();
