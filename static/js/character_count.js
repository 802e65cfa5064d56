/* Says under a text field how many characters are in it, while they are typed. The limit is the field's maxlength. */
(function () {
  "use strict";

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("textarea[data-characters]").forEach((field) => {
      const line = Object.assign(document.createElement("p"), { className: "characters", id: `${field.id}-characters` });
      const most = field.maxLength;
      const say = () => {
        const used = [...field.value].length;
        line.textContent = field.dataset.characters.replace("%(used)s", used).replace("%(most)s", most);
        line.classList.toggle("full", used >= most * 0.9);
      };
      field.after(line);
      field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
      field.addEventListener("input", say);
      say();
    });
  });
})();
