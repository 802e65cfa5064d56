/* Notices when whoever works at the desk is not signed in any more, or anew: says so where they are, and goes on from
   there. Nothing is sent in vain without a word: forms, choosers, uploads, previews. */
(function () {
  "use strict";

  const settings = document.currentScript.dataset; // addresses and words, from qa/desk/assets.py
  const words = JSON.parse(settings.words);
  const token = { name: "csrfmiddlewaretoken", header: "X-CSRFToken", value: null };
  const channel = window.BroadcastChannel ? new BroadcastChannel("desk") : null;
  const PAGE = /\/pages\/(\d+)\/(edit|correct)\//;
  const plainFetch = window.fetch.bind(window);
  let opened = null; // whose page this is: asked once, before anybody can have signed out
  let asking = null; // the question under way
  let isReady;
  const ready = new Promise((resolve) => (isReady = resolve)); // it is known whose page this is

  /* Where this window stands: {reason: "ready", "network", "server", "signed-out", "other", "unscheduled", "refused",
     "deleted"}. `page` is the address of the form whose page is asked about. */
  async function ask(form) {
    let response;
    try {
      const [, page, which] = PAGE.exec(form) ?? [];
      const query = page ? `?page=${page}${which === "correct" ? "&correcting=yes" : ""}` : "";
      const address = settings.standing + query;
      const headers = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
      response = await plainFetch(address, { headers, redirect: "manual", cache: "no-store", signal: timeout(10_000) });
    } catch {
      return { reason: "network" };
    }
    if (response.type === "opaqueredirect" || [401, 403].includes(response.status)) return { reason: "signed-out" };
    if (!response.ok) return { reason: "server", status: response.status };
    const standing = await response.json();
    opened ??= standing;
    isReady();
    renew(standing.token);
    if (standing.account !== opened.account) return { reason: "other", ...standing };
    const { state = "there" } = standing.page ?? {};
    return { reason: state === "there" ? "ready" : state, ...standing };
  }

  function timeout(milliseconds) {
    return AbortSignal.timeout?.(milliseconds);
  }

  /* Whoever signs in has a new token; pages that are open have the old one, and are refused by it. */
  function renew(value) {
    token.value = value;
    document.querySelectorAll(`input[name=${token.name}]`).forEach((input) => (input.value = value));
  }

  window.fetch = async (resource, options = {}) => {
    const headers = new Headers(options.headers ?? (resource instanceof Request ? resource.headers : undefined));
    if (token.value && headers.has(token.header)) {
      headers.set(token.header, token.value);
      options = { ...options, headers };
    }
    const response = await plainFetch(resource, options);
    const atSignIn = response.redirected && new URL(response.url).pathname === settings.signIn;
    if (atSignIn || [401, 403].includes(response.status)) look();
    return response;
  };

  /* Choosers and uploads are asked for by jQuery. */
  window.jQuery(document)
    .on("ajaxSend", (_, request, options) => {
      if (token.value && !options.crossDomain && options.type !== "GET") request.setRequestHeader(token.header, token.value);
    })
    .on("ajaxError", (_, request) => {
      if ([401, 403].includes(request.status)) look();
      else if (request.status === 0 && request.statusText !== "abort" && !left) say("network", words.offline);
    });
  let left = false; // what is under way then is broken off, and no news
  window.addEventListener("pagehide", () => (left = true));

  /* Something was refused: if that is because nobody is signed in, it is said, with the way back. */
  async function look() {
    asking ??= ask().finally(() => (asking = null));
    const { reason } = await asking;
    if (reason === "signed-out" && region?.dataset.reason !== reason) saySignedOut(words.signedOut);
  }

  /* One notice at a time stands at the foot of the window, where the buttons are. `ways` are buttons: [[label, what]]. */
  let region = null;
  function say(reason, text, ways = []) {
    if (!region) {
      region = Object.assign(document.createElement("div"), { className: "desk-notice" });
      region.setAttribute("role", "alert");
      document.body.append(region);
    }
    if (region.dataset.reason === reason && region.dataset.text === text) return;
    Object.assign(region.dataset, { reason, text });
    const paragraph = Object.assign(document.createElement("p"), { textContent: text });
    const buttons = ways.map(([label, act]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label });
      button.addEventListener("click", act);
      return button;
    });
    region.replaceChildren(paragraph, ...buttons);
    region.hidden = false;
  }

  function clear(...reasons) {
    if (!region || (reasons.length && !reasons.includes(region.dataset.reason))) return;
    region.hidden = true;
    region.replaceChildren();
    delete region.dataset.reason;
    delete region.dataset.text;
  }

  function saySignedOut(text, ways = []) {
    const back = `${settings.signIn}?next=${encodeURIComponent(settings.signedIn)}`;
    say("signed-out", text, [[words.signIn, () => window.open(back, "_blank")], ...ways]);
  }

  /* Each page of the desk that opens tells the others that somebody is signed in; so does coming back to this one. */
  async function again() {
    if (region?.dataset.reason !== "signed-out") return;
    const standing = await ask();
    if (["signed-out", "network", "server"].includes(standing.reason)) return;
    clear("signed-out");
    document.dispatchEvent(new CustomEvent("desk:signed-in", { detail: standing }));
  }
  channel?.addEventListener("message", again);
  window.addEventListener("focus", again);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());

  document.addEventListener("DOMContentLoaded", async () => {
    if (location.pathname === settings.signIn) return;
    const isForm = document.querySelector("form[data-edit-form]");
    if (isForm) await (asking ??= ask().finally(() => (asking = null)));
    channel?.postMessage("opened");
    if (document.querySelector("[data-signed-in-again]")) window.close(); // only a window that a script has opened
  });

  window.desk = {
    ask, say, saySignedOut, clear, ready,
    get account() {
      return opened?.account ?? null;
    },
  };
})();
