"""A browser that notices when a text became a script: a dialog, a call, or an element that only waits for one."""

from dataclasses import dataclass, field
from typing import Any

from tests.hostile.content import MARK

#: Runs before every page: what a payload calls is heard also where a frame or the policy would swallow the dialog.
TRAP = """for (const name of ["alert", "confirm", "prompt"]) {
  const hear = (said) => console.error("TRAP", name, said);
  try { Object.defineProperty(window, name, { value: hear }); } catch {}
}"""
#: What stands in the page and would run: a handler, a script, an address that is one; each with the mark of ours.
LOOK = """(mark) => {
  const found = [];
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      for (const { name, value } of element.attributes) {
        const runs = name.startsWith("on") || name === "srcdoc" ||
          (/^(href|src|action|formaction|data|xlink:href)$/.test(name) && /^\\s*(javascript|data:text)/i.test(value));
        if (runs && value.includes(mark)) found.push(`<${element.localName} ${name}="${value.slice(0, 60)}">`);
      }
      const kind = element.type || "";
      if (element.localName === "script" && !kind.includes("json") && element.textContent.includes(mark))
        found.push(`<script>${element.textContent.slice(0, 60)}`);
      if (element.localName === "template") look(element.content);
      if (element.shadowRoot) look(element.shadowRoot);
    }
  };
  look(document);
  return found;
}"""


@dataclass
class Watch:
    """What a page of a browser has done, by address."""

    page: Any
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.context.add_init_script(TRAP)
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda said: self.heard.append(said.text) if said.text.startswith("TRAP") else None)

    def _dialog(self, dialog: Any) -> None:
        if dialog.type != "beforeunload":
            self.heard.append(f"dialog {dialog.message}")
        dialog.accept()

    def visit(self, address: str, wait: int = 0) -> list[str]:
        """Open an address, wait so many milliseconds for what its scripts make, and return what was heard and seen."""
        self.heard.clear()
        self.page.goto(address)
        self.page.wait_for_timeout(wait)
        return [f"{address}: {what}" for what in (*self.heard, *self.look())]

    def look(self) -> list[str]:
        """Return what would run, in the page and its frames."""
        return [what for frame in self.page.frames for what in frame.evaluate(LOOK, MARK)]
