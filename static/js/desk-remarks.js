/* Keeps the remarks (Wagtail's comments) that are under way: when a draft has saved itself, Wagtail puts the server's
   remarks in the place of its own, and those written meanwhile are gone (8.0.1). What is begun also outlives a save that
   loads the form anew. */
(function () {
  "use strict";

  const KEY = "desk-remarks";
  const FIRST = 1_000_000; // of the numbers of those that are begun again
  let sent = null; // the remarks as the save took them that is under way

  const app = () => window.comments?.commentApp;
  const all = () => [...(app()?.store.getState().comments.comments.values() ?? [])];

  /* What one may have typed of a remark, and not finished. */
  function isUnderWay(remark) {
    return ["creating", "editing"].includes(remark.mode) || Boolean(remark.newReply) ||
      [...remark.replies.values()].some((reply) => reply.mode === "editing");
  }

  function said({ text, resolved, deleted, replies }) {
    const answers = [...replies.values()].map((reply) => [reply.localId, reply.text, reply.deleted]);
    return JSON.stringify([text, resolved, deleted, answers]);
  }

  document.addEventListener("w-autosave:save", () => (sent = new Map(all().map((remark) => [remark.localId, remark]))));

  function hasGoneOn() {
    const now = all();
    return now.some(isUnderWay) || now.length !== sent.size ||
      now.some((remark) => !sent.has(remark.localId) || said(sent.get(remark.localId)) !== said(remark));
  }

  /* Which of the server's rows became of what was sent as new: the first that says the same, and is nobody's yet. */
  function pair(local, rows, taken, isSame) {
    const row = rows.find(({ pk }) => !taken.has(pk) && isSame(rows.find((one) => one.pk === pk)));
    if (row) taken.add(row.pk);
    return row;
  }

  /* The remarks stay as they are, and learn the numbers that they have on the server. What others have written comes with
     the next save. Adding a remark once more is how Wagtail counts those that the server has. */
  function number(rows) {
    const { store, actions } = app();
    const taken = new Set(all().map(({ remoteId }) => remoteId).filter(Boolean));
    for (const before of sent.values()) {
      const now = store.getState().comments.comments.get(before.localId);
      let row = rows.find(({ pk }) => pk === before.remoteId);
      if (!before.remoteId && before.mode !== "creating") {
        row = pair(before, rows, taken, (one) => one.contentpath === before.contentpath && one.text === before.text);
        if (!row) continue;
        // One that was taken back meanwhile is taken back on the server as well, with the next save.
        const remark = now ?? { ...before, deleted: true };
        store.dispatch(actions.addComment({ ...remark, remoteId: row.pk, originalText: before.text }));
      }
      const answers = new Set([...before.replies.values()].map(({ remoteId }) => remoteId).filter(Boolean));
      for (const reply of before.replies.values()) {
        if (reply.remoteId || !row) continue;
        const answer = pair(reply, row.replies, answers, (one) => one.text === reply.text);
        const current = now?.replies.get(reply.localId) ?? { ...reply, deleted: true };
        if (answer) {
          store.dispatch(actions.addReply(before.localId, { ...current, remoteId: answer.pk, originalText: reply.text }));
        }
      }
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const comments = app();
    if (!comments?.updateData) return;
    const replaceAll = comments.updateData.bind(comments);
    comments.updateData = (data) => (sent && hasGoneOn() ? number(data.comments) : replaceAll(data));
  });

  /* What is begun, in words that outlive the page. */
  function underWay() {
    return all().filter(isUnderWay).filter(({ newText, newReply }) => newText || newReply)
      .map(({ remoteId, contentpath, position, mode, newText, newReply }) =>
        ({ remoteId, contentpath, position, mode, newText, newReply }));
  }

  /* Begins them again. Wagtail numbers its own from 1 on; where one stands in the form it finds by itself. */
  function begin(remarks) {
    const { store, actions } = app();
    remarks.forEach((begun, number) => {
      const known = begun.remoteId && all().find(({ remoteId }) => remoteId === begun.remoteId);
      if (known) return store.dispatch(actions.updateComment(known.localId, begun));
      if (begun.remoteId) return;
      const localId = FIRST + number;
      const said = { text: "", originalText: "", replies: new Map(), remoteReplyCount: 0, deleted: false, resolved: false };
      const { user } = store.getState().settings;
      store.dispatch(actions.addComment({ ...said, ...begun, localId, annotation: null, author: user, date: Date.now() }));
      store.dispatch(actions.setFocusedComment(localId, { updatePinnedComment: true, forceFocus: true }));
    });
    document.querySelector('[data-side-panel="comments"]')?.dispatchEvent(new Event("open"));
  }

  function remember(address, remarks = underWay()) {
    const { pathname } = new URL(address, location.href);
    if (remarks.length) sessionStorage.setItem(KEY, JSON.stringify({ pathname, remarks }));
  }

  window.addEventListener("load", () => {
    const stored = sessionStorage.getItem(KEY);
    if (!stored || !app()) return;
    const { pathname, remarks } = JSON.parse(stored);
    if (pathname !== location.pathname) return;
    sessionStorage.removeItem(KEY);
    setTimeout(() => begin(remarks), 500); // Wagtail fills in its own first
  });

  window.deskRemarks = { underWay, begin, remember };
})();
