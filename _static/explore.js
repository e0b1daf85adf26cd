// Moves the figures of the built book: a control picks a frame, its reading becomes alt text and caption.
// Each <figure class="explore"> brings its data; a frame is a file named by its content. No server, no library.
(function () {
  "use strict";

  const REST = 400; // ms without a move: then the hand rests
  const said = document.createElement("div"); // what a screen reader hears, for all figures
  said.className = "explore-said";
  said.setAttribute("role", "status");


  function write(element, text) {
    if (element.textContent !== text) element.textContent = text; // what stays the same is not news
  }

  function setUp(figure) {
    const data = JSON.parse(figure.querySelector(".explore-data").textContent);
    const image = figure.querySelector("img");
    const caption = figure.querySelector("figcaption > span");
    const panel = figure.querySelector(".explore-controls");
    const fields = data.controls.map((control) => figure.querySelector(`[name="${CSS.escape(control.name)}"]`));
    const folder = image.getAttribute("src").replace(/[^/]*$/, "");
    const fetched = new Map(); // frame -> Image, kept so that the browser keeps it too
    let near = false; // whether the figure has come near the screen
    let rest = 0;
    if (!said.isConnected) document.body.append(said);

    const read = (field) => (field.type === "checkbox" ? Number(field.checked) : Number(field.value));
    const where = () => fields.map(read);
    const index = (stops) => stops.reduce((sum, stop, k) => sum * data.controls[k].stops.length + stop, 0);
    const url = (stops) => `${folder}${data.frames[index(stops)]}.png`;

    function fetchFrame(stops) {
      const source = url(stops);
      if (fetched.has(source)) return;
      const frame = new Image();
      frame.onerror = () => fetched.delete(source); // the network may be back at the next move
      frame.src = source;
      fetched.set(source, frame);
    }

    function fetchNeighbours() {
      const stops = where();
      data.controls.forEach((control, k) => {
        for (const step of [1, -1]) {
          const stop = stops[k] + step;
          if (stop >= 0 && stop < control.stops.length) fetchFrame(stops.map((now, j) => (j === k ? stop : now)));
        }
      });
    }

    function show() {
      const stops = where();
      const reading = data.readings[index(stops)];
      fields.forEach((field, k) => {
        if (field.type !== "range") return;
        const text = data.controls[k].stops[stops[k]];
        field.setAttribute("aria-valuetext", text);
        write(field.nextElementSibling, text);
      });
      const failed = figure.classList.contains("explore-failed"); // then ask for it again
      figure.classList.remove("explore-failed");
      if (failed || image.getAttribute("src") !== url(stops)) image.src = url(stops);
      image.alt = `${data.about} ${reading}`.trim();
      write(caption, reading);
      if (near) fetchNeighbours();
    }

    function put(stops) {
      fields.forEach((field, k) => {
        if (field.type === "checkbox") field.checked = Boolean(stops[k]);
        else field.value = String(stops[k]);
      });
      show();
    }

    function settle() {
      writeAddress();
      write(said, caption.textContent);
    }

    function toScreen() {
      // All of it where it fits; where it does not, its top, below which the controls stay.
      figure.scrollIntoView({ block: figure.offsetHeight > 0.85 * innerHeight ? "start" : "nearest" });
    }

    function writeAddress() {
      const state = new URLSearchParams(data.controls.map((control, k) => [control.name, control.stops[where()[k]]]));
      history.replaceState(history.state, "", `#${figure.id}?${state}`);
    }

    function readAddress() {
      const [id, query] = location.hash.slice(1).split("?", 2);
      // URLSearchParams decodes, and takes what is no code as it stands.
      if (new URLSearchParams(`id=${id}`).get("id") !== figure.id || query === undefined) return;
      const state = new URLSearchParams(query);
      put(where().map((now, k) => {
        const stop = data.controls[k].stops.indexOf(state.get(data.controls[k].name));
        return stop < 0 ? now : stop; // an unknown name or value changes nothing
      }));
      // While the page is still arriving there may be no room below the figure to scroll into.
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", toScreen, { once: true });
      else toScreen();
    }

    // Walks through the stops of one control; who wants no motion goes one stop a press.
    function setUpPlay(button) {
      const k = data.controls.findIndex((control) => control.name === data.plays);
      const last = data.controls[k].stops.length - 1;
      const label = fields[k].labels[0].textContent;
      const still = matchMedia("(prefers-reduced-motion: reduce)");
      let timer = 0;
      let waited = 0;
      const at = (stop) => where().map((now, j) => (j === k ? stop : now));

      function name() {
        write(button, timer ? `Stop ${label}` : still.matches ? `Next ${label}` : `Play ${label}`);
      }

      function stop() {
        if (!timer) return;
        clearInterval(timer);
        timer = 0;
        name();
        settle();
      }

      function advance() {
        const next = where()[k] + 1;
        if (next > last) {
          stop();
          return;
        }
        fetchFrame(at(next));
        const frame = fetched.get(url(at(next)));
        waited += 1;
        if (!frame.complete && waited < 20) return; // with a poor network a stop takes longer, and none is left out
        waited = 0;
        put(at(next));
        if (next + 1 < last) fetchFrame(at(next + 2));
        if (next === last) stop();
      }

      button.addEventListener("click", () => {
        if (timer) {
          stop();
          return;
        }
        const again = where()[k] === last;
        if (again) put(at(0));
        if (still.matches) {
          if (!again) put(at(where()[k] + 1));
          settle();
          return;
        }
        timer = setInterval(advance, data.pace);
        name();
      });
      for (const field of fields) field.addEventListener("input", stop);
      window.addEventListener("hashchange", stop);
      document.addEventListener("visibilitychange", stop);
      still.addEventListener("change", () => {
        stop();
        name();
      });
      new IntersectionObserver((entries) => {
        if (!entries.at(-1).isIntersecting) stop();
      }).observe(figure);
      name();
    }

    image.addEventListener("error", () => figure.classList.add("explore-failed"));
    image.addEventListener("load", () => figure.classList.remove("explore-failed"));
    const button = figure.querySelector(".explore-play");
    for (const field of [...fields, button].filter(Boolean)) {
      field.addEventListener("focus", () => {
        if (field.matches(":focus-visible")) toScreen(); // reached by keyboard
      });
    }
    for (const field of fields) {
      field.addEventListener("input", () => {
        show();
        // Browsers allow few changes of the address per second, and a voice can not keep up with a hand.
        clearTimeout(rest);
        rest = setTimeout(settle, REST);
      });
    }
    if (button) setUpPlay(button);
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      near = true;
      fetchNeighbours();
    }, { rootMargin: "300px" }).observe(figure);
    // On a phone the reading stays on the screen right below the controls.
    new ResizeObserver(() => {
      figure.style.setProperty("--controls", `${panel.offsetHeight}px`);
    }).observe(panel);

    figure.exploreStop = () => index(where()); // a board asks for it
    window.addEventListener("hashchange", readAddress);
    window.addEventListener("pageshow", show); // a browser that comes back may have kept the controls' values
    readAddress();
  }

  // A figure works as soon as it is parsed: the end of the page may wait for other scripts, for seconds.
  function setUpNew() {
    for (const figure of document.querySelectorAll("figure.explore:not(.explore-works)")) {
      if (!figure.querySelector("figcaption > span")) continue; // its last part has not arrived
      figure.classList.add("explore-works");
      setUp(figure);
    }
  }

  const arrivals = new MutationObserver(setUpNew);
  arrivals.observe(document, { childList: true, subtree: true });
  function end() {
    setUpNew();
    arrivals.disconnect();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", end);
  else end();
})();
