/* Dragging a scheduled question to another day posts the form that its "Move" link opens. */
(function () {
  "use strict";

  const calendar = document.getElementById("calendar");
  const form = calendar.querySelector(".calendar__dropped");
  let dragged = null;

  for (const entry of calendar.querySelectorAll("[data-move]")) {
    entry.draggable = true;
    calendar.querySelector(".calendar__drag").hidden = false;
    entry.addEventListener("dragstart", (event) => {
      dragged = entry;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", entry.textContent.trim()); // Firefox drags nothing without data
    });
    entry.addEventListener("dragend", () => (dragged = null));
  }

  function dayOf(event) {
    return dragged && event.target.closest("[data-day]");
  }

  calendar.addEventListener("dragover", (event) => {
    const day = dayOf(event);
    if (!day) return;
    event.preventDefault();
    for (const other of calendar.querySelectorAll(".calendar__day--over")) other.classList.remove("calendar__day--over");
    day.classList.add("calendar__day--over");
  });

  calendar.addEventListener("drop", (event) => {
    const day = dayOf(event);
    if (!day) return;
    event.preventDefault();
    if (day.contains(dragged)) return;
    form.action = dragged.dataset.move;
    form.elements.day.value = day.dataset.day;
    form.elements.time.value = dragged.dataset.time;
    form.submit();
  });
})();
