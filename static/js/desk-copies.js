/* Copies of what stands in the desk's forms, in the browser (IndexedDB): until the server has the words, they are here.
   A copy is of one window; it is kept by form and account for `KEPT` days. */
(function () {
  "use strict";

  const KEPT = 30; // days
  const [DATABASE, STORE] = ["desk", "copies"];
  const id = `${Date.now()}-${Math.random().toString(36).slice(2)}`; // of this window's copy
  let living = () => {}; // ends the lock that says that this window lives

  const opened = new Promise((resolve) => {
    let request;
    try {
      request = indexedDB.open(DATABASE, 1);
    } catch {
      return resolve(null); // switched off by whoever browses: nothing is kept, and nothing breaks
    }
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" }).createIndex("form", "form");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });

  async function within(mode, act) {
    const database = await opened;
    if (!database) return undefined;
    return new Promise((resolve) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => resolve(undefined); // a full disk keeps no copy
    });
  }

  /* Other windows on the same form have copies, too: those that live will save them themselves. */
  async function locks() {
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    return new Set(held.map(({ name }) => name));
  }
  navigator.locks?.request(`desk-copy-${id}`, () => new Promise((end) => (living = end)));
  window.addEventListener("pagehide", (event) => event.persisted || living());

  window.deskCopies = {
    /* Keeps what stands in the form, in place of what this window kept before. */
    keep: (form, copy) => within("readwrite", (store) => store.put({ ...copy, id, form, at: Date.now() })),

    /* Marks a copy as sent with the page that the browser goes to. */
    async send(which) {
      const copy = await within("readonly", (store) => store.get(which));
      if (copy) await within("readwrite", (store) => store.put({ ...copy, sent: true }));
    },

    remove: (which = id) => within("readwrite", (store) => store.delete(which)),

    /* The copies of a form that no living window will save, newest first. */
    async left(form) {
      const all = (await within("readonly", (store) => store.index("form").getAll(form))) ?? [];
      const alive = await locks();
      const ours = all.filter((copy) => copy.id !== id && !alive.has(`desk-copy-${copy.id}`));
      return ours.sort((one, other) => other.at - one.at);
    },
  };

  /* The server has these words: the page that says so asks what shall become of them. */
  document.addEventListener("DOMContentLoaded", async () => {
    const all = (await within("readonly", (store) => store.getAll())) ?? [];
    const old = Date.now() - KEPT * 24 * 3600 * 1000;
    const form = document.querySelector("[data-words-kept]")?.dataset.wordsKept;
    for (const copy of all) {
      const isKept = form && copy.sent && copy.form.endsWith(` ${form}`);
      if (copy.at < old || isKept) window.deskCopies.remove(copy.id);
    }
  });
})();
