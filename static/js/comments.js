/* Opens the panel of comments where Wagtail forgets to, and would begin or point at a comment that nobody sees. */
(function () {
  "use strict";

  const open = () => document.querySelector('[data-side-panel="comments"]')?.dispatchEvent(new Event("open"));

  /* Ctrl+Alt+M comments on the field that has the focus, when the key is released. */
  document.addEventListener(
    "keydown",
    (event) => {
      if (window.comments?.isCommentShortcut(event) && event.target.closest?.("[data-contentpath]")) open();
    },
    true,
  );

  /* Whoever came by such a link or key is held within the comment; it lets go before "Resolve" takes the comment away. */
  document.addEventListener(
    "click",
    (event) => {
      const { commentApp } = window.comments ?? {};
      if (!commentApp || !event.target.closest?.("#comments .comment > .comment-header [role=menuitem]")) return;
      commentApp.store.dispatch(commentApp.actions.setFocusedComment(null, { updatePinnedComment: true, forceFocus: false }));
    },
    true,
  );

  /* A link to a comment, from the desk's front page or a mail. Wagtail goes to it when the form is ready. */
  if (new URLSearchParams(location.search).has("comment")) document.addEventListener("DOMContentLoaded", open);
})();
