/* What is more comfortable with JavaScript; every reader's task works without it.
   Texts come translated from data attributes of the script element. */
(function () {
  "use strict";

  const words = document.currentScript.dataset;

  // Light or dark. A choice that is the system's own is forgotten again, so that the page goes on following it.
  const theme = document.querySelector(".theme-switch");
  if (theme) {
    const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
    const root = document.documentElement;
    const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : systemIsDark.matches);
    const show = () => theme.setAttribute("aria-pressed", isDark());
    theme.addEventListener("click", () => {
      const dark = !isDark();
      if (dark === systemIsDark.matches) delete root.dataset.theme;
      else root.dataset.theme = dark ? "dark" : "light";
      try {
        if (root.dataset.theme) localStorage.setItem("theme", root.dataset.theme);
        else localStorage.removeItem("theme");
      } catch {
        // Storage is switched off: the choice holds for this page.
      }
      show();
    });
    systemIsDark.addEventListener("change", show);
    show();
    theme.hidden = false;
  }

  // What is folded would be missing on paper.
  const folded = () => document.querySelectorAll("main details:not([open])");
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...folded()];
    for (const details of unfolded) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of unfolded) details.open = false;
  });

  // A copy button on every code sample. Browsers offer the clipboard over https only.
  const samples = document.querySelectorAll("pre.code > code");
  if (navigator.clipboard && samples.length) {
    const status = document.createElement("p");
    status.className = "spoken";
    status.setAttribute("role", "status");
    document.body.append(status);
    let named = 0;

    for (const code of samples) {
      const sample = code.parentElement;
      let box = sample.closest(".code-sample");
      if (!box) {
        box = document.createElement("div");
        box.className = "code-sample";
        sample.replaceWith(box);
        box.append(sample);
      }
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.textContent = words.copy;
      // Several buttons of one name: the file's name tells them apart.
      const name = box.querySelector(".code-name");
      if (name) button.setAttribute("aria-describedby", (name.id = "code-" + ++named));
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(code.textContent.replace(/\n+$/, ""));
        } catch {
          getSelection().selectAllChildren(code); // not allowed: at least it is ready to be copied
          return;
        }
        button.textContent = status.textContent = words.copied;
        setTimeout(() => {
          button.textContent = words.copy;
          status.textContent = "";
        }, 2000);
      });
      sample.before(button);
      box.classList.add("copyable");
    }
  }

  // What scrolls sideways is a stop of the Tab key, so that the arrow keys can scroll it; what does not is none.
  const scrollers = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const scroller of document.querySelectorAll(".code, .table-scroll")) scrollers.observe(scroller);

  // A video plays where it stands, once somebody presses it; until then its host hears nothing.
  for (const link of document.querySelectorAll("a[data-player]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const player = document.createElement("iframe");
      player.src = link.dataset.player;
      player.title = link.firstChild.textContent;
      player.allow = "autoplay; fullscreen; picture-in-picture";
      player.referrerPolicy = "strict-origin-when-cross-origin";
      link.replaceWith(player);
      player.focus();
    });
  }
})();
