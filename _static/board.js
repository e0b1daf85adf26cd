// Notes the stops that a reader has tried on the board beside a figure, and keeps them: in this browser, or where that
// is not allowed as long as the page is open. explore.js moves the figure and tells at which stop it is.
(function () {
  "use strict";

  function say(text) {
    const said = document.querySelector(".explore-said"); // what a screen reader hears, of all figures
    if (said) said.textContent = text;
  }

  function setUpBoard(board) {
    const figure = document.getElementById(board.dataset.of);
    const data = JSON.parse(figure.querySelector(".explore-data").textContent);
    const marks = JSON.parse(board.querySelector(".explore-marks").textContent);
    const plot = board.querySelector(".explore-plot");
    const list = board.querySelector(".explore-noted");
    const key = `explore ${location.pathname} ${board.dataset.of}`;
    const names = data.frames.map((_, k) => JSON.stringify(data.controls.reduceRight(([left, stops], control) => {
      const size = control.stops.length;
      return [Math.floor(left / size), [control.stops[left % size], ...stops]];
    }, [k, []])[1]));
    let noted = [];
    try {
      noted = JSON.parse(localStorage.getItem(key) ?? "[]").map((name) => names.indexOf(name)).filter((k) => k >= 0);
    } catch { /* no store, or not our words in it: it starts empty */ }

    function show() {
      plot.querySelectorAll(".explore-mark").forEach((mark) => mark.remove());
      list.replaceChildren();
      for (const k of noted) {
        for (const [kind, x, y, colour, turned] of marks[k]) {
          const mark = document.createElement("span");
          mark.className = `explore-mark explore-${kind}${turned ? " explore-turned" : ""}`;
          mark.style.left = `${x}%`;
          mark.style.top = `${y}%`;
          mark.style.background = colour;
          plot.append(mark);
        }
        const item = document.createElement("li");
        item.textContent = data.readings[k];
        list.append(item);
      }
    }

    function keep() {
      try {
        localStorage.setItem(key, JSON.stringify(noted.map((k) => names[k])));
      } catch { /* then the notes last as long as the page */ }
      show();
    }

    board.querySelector(".explore-note").addEventListener("click", () => {
      const now = figure.exploreStop();
      if (!noted.includes(now)) noted.push(now);
      keep();
      say(`Noted: ${data.readings[now]}`);
    });
    board.querySelector(".explore-clear").addEventListener("click", () => {
      noted = [];
      keep();
      say("No notes");
    });
    show();
  }

  document.querySelectorAll(".explore-board").forEach(setUpBoard); // deferred: the page is there
})();
