// What is wider than its place scrolls sideways: then it is a tab stop, so that the keyboard can scroll it too.
(function () {
  "use strict";

  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      // MathJax sets a formula later.
      const part = (target.matches("div.math") && target.querySelector("mjx-container")) || target;
      if (part.scrollWidth > part.clientWidth + 1) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
  });
  function start() {
    document.querySelectorAll("div.math, .bd-article pre, .pst-scrollable-table-container").forEach((part) => watch.observe(part));
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
