/* Passkeys: shown where one signs in or confirms, made under Account. The browser speaks to the device; this carries
   what it says to the server and back. Without it, or without a browser that can, the password and codes are there. */
(function () {
  "use strict";

  const toBytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
  const toText = (bytes) =>
    btoa(String.fromCharCode(...new Uint8Array(bytes)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const withBytes = (list) => (list || []).map((item) => ({ ...item, id: toBytes(item.id) }));

  async function post(box, address, content) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest" },
      body: JSON.stringify(content),
    });
    const answer = await response.json().catch(() => ({}));
    if (answer.confirm) location.reload(); // it is too long since the account was asked: the page asks
    else if (response.status === 403 && answer.goes_to) location.assign(answer.goes_to);
    if (!response.ok) throw new Error(answer.error || box.dataset.refused);
    return answer;
  }

  async function show(box) {
    const { begin, finish, purpose, next } = box.dataset;
    const options = await post(box, begin, { purpose });
    const credential = await navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: toBytes(options.challenge),
        allowCredentials: withBytes(options.allowCredentials),
      },
    });
    const { response } = credential;
    const sent = {
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      response: {
        authenticatorData: toText(response.authenticatorData),
        clientDataJSON: toText(response.clientDataJSON),
        signature: toText(response.signature),
        userHandle: response.userHandle ? toText(response.userHandle) : null,
      },
    };
    return post(box, finish, { purpose, next, credential: sent });
  }

  async function make(box) {
    const options = await post(box, box.dataset.begin, {});
    const credential = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: toBytes(options.challenge),
        user: { ...options.user, id: toBytes(options.user.id) },
        excludeCredentials: withBytes(options.excludeCredentials),
      },
    });
    const { response } = credential;
    const sent = {
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      clientExtensionResults: credential.getClientExtensionResults(),
      response: {
        attestationObject: toText(response.attestationObject),
        clientDataJSON: toText(response.clientDataJSON),
        transports: response.getTransports ? response.getTransports() : [],
      },
    };
    return post(box, box.dataset.finish, { name: box.querySelector("input[type=text]").value, credential: sent });
  }

  async function begin(box, button, trouble) {
    trouble.hidden = true;
    button.disabled = true;
    try {
      const answer = await (box.dataset.passkey === "make" ? make(box) : show(box));
      if (answer.goes_to) location.assign(answer.goes_to);
      else sendAgain(box.closest("form"));
    } catch (error) {
      // What the browser says of a refusal is English and technical, and a device that is no longer wanted says as much.
      trouble.textContent = error.name === "Error" ? error.message : box.dataset.refused;
      trouble.hidden = false;
      button.disabled = false;
    }
  }

  /* It is confirmed: what the page keeps is sent, without a password. */
  function sendAgain(form) {
    form.querySelectorAll("input[type=password]").forEach((field) => field.remove());
    form.submit();
  }

  for (const box of document.querySelectorAll("[data-passkey]:not([data-ready])")) {
    if (!window.PublicKeyCredential) {
      document.querySelectorAll("[data-passkey-unable]").forEach((sentence) => (sentence.hidden = false));
      break;
    }
    box.dataset.ready = "";
    box.hidden = false;
    const button = box.querySelector("button");
    button.addEventListener("click", () => begin(box, button, box.querySelector(".sign-in__trouble")));
  }
})();
