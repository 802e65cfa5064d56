/* The scheme that a reader chose, before the first paint, so that nothing flashes. Loaded without "defer" for that.
   The choice stays in this browser; nothing is sent to the server. */
(function () {
  "use strict";

  try {
    const chosen = localStorage.getItem("theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage is switched off: the system's scheme is shown.
  }
})();
