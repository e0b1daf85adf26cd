// Moves the figures of the built book: a control picks a frame, its reading becomes alt text and caption.
// Each <figure class="explore"> brings its data; a frame is a file named by its content. No server, no library.
(function () {
  "use strict";

  function setUp(figure) {
    const data = JSON.parse(figure.querySelector(".explore-data").textContent);
    const image = figure.querySelector("img");
    const caption = figure.querySelector("figcaption");
    const fields = data.controls.map((control) => figure.querySelector(`[name="${CSS.escape(control.name)}"]`));
    const folder = image.getAttribute("src").replace(/[^/]*$/, "");
    const fetched = new Map(); // frame -> Image, kept so that the browser keeps it too
    let near = false; // whether the figure has come near the screen
    let addressTimer = 0;

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
        field.nextElementSibling.textContent = text;
      });
      figure.classList.remove("explore-failed");
      image.src = url(stops);
      image.alt = reading;
      caption.textContent = reading;
      if (near) fetchNeighbours();
    }

    function put(stops) {
      fields.forEach((field, k) => {
        if (field.type === "checkbox") field.checked = Boolean(stops[k]);
        else field.value = String(stops[k]);
      });
      show();
    }

    function writeAddress() {
      const state = new URLSearchParams(data.controls.map((control, k) => [control.name, control.stops[where()[k]]]));
      history.replaceState(history.state, "", `#${figure.id}?${state}`);
    }

    function readAddress() {
      const [id, query] = location.hash.slice(1).split("?", 2);
      if (id !== figure.id || query === undefined) return;
      const state = new URLSearchParams(query);
      put(where().map((now, k) => {
        const stop = data.controls[k].stops.indexOf(state.get(data.controls[k].name));
        return stop < 0 ? now : stop; // an unknown name or value changes nothing
      }));
      figure.scrollIntoView({ block: "center" });
    }

    image.addEventListener("error", () => figure.classList.add("explore-failed"));
    image.addEventListener("load", () => figure.classList.remove("explore-failed"));
    for (const field of fields) {
      field.addEventListener("input", () => {
        show();
        // Browsers allow few changes of the address per second: write it when the hand rests.
        clearTimeout(addressTimer);
        addressTimer = setTimeout(writeAddress, 300);
      });
    }
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      near = true;
      fetchNeighbours();
    }, { rootMargin: "300px" }).observe(figure);

    window.addEventListener("hashchange", readAddress);
    window.addEventListener("pageshow", show); // a browser that comes back may have kept the controls' values
    readAddress();
  }

  function start() {
    document.querySelectorAll("figure.explore").forEach(setUp);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
