// What all figures share that a hand can move: parts of HTML and SVG, controls of the
// browser's own, and a line that says what is seen. One file more makes each figure:
//
//   moving.figure("belief", { title, numbers, make(stage, data) { ... } });
//
// `numbers` is its arithmetic, which tests compare with the package's. `make` fills the
// stage, which takes the place of the still picture on the screen. It may put the line,
// `stage.says`, where it wants it.
const moving = (() => {
  const figures = {};
  let count = 0;

  function fill(element, attributes, inside) {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...inside.flat());
    return element;
  }

  const html = (tag, attributes = {}, ...inside) =>
    fill(document.createElement(tag), attributes, inside);

  const svg = (tag, attributes = {}, ...inside) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, inside);

  // A slider. `say` writes its value, in words that suit the eye and the ear.
  function range(label, { min, max, step = 1, value, say = String }, changed) {
    const id = `moving-${(count += 1)}`;
    const input = html("input", { id, type: "range", min, max, step, autocomplete: "off" });
    const shown = html("span", { class: "moving-value", "aria-hidden": "true" });
    const control = {
      box: html("div", { class: "moving-range" }, html("label", { for: id }, label), shown, input),
      input,
      get value() {
        return Number(input.value);
      },
      set value(now) {
        input.value = now;
        shown.textContent = say(control.value);
        input.setAttribute("aria-valuetext", say(control.value));
      },
    };
    control.value = value;
    input.addEventListener("input", () => {
      control.value = input.value;
      changed();
    });
    return control;
  }

  // One of several, as radio buttons. `options` are pairs of a value and its words.
  function choice(label, options, value, changed) {
    const name = `moving-${(count += 1)}`;
    const inputs = options.map(([own, words]) => {
      const input = html("input", { type: "radio", name, value: own, autocomplete: "off" });
      input.checked = String(own) === String(value);
      input.addEventListener("change", changed);
      return [input, html("label", {}, input, html("span", {}, words))];
    });
    const box = html("fieldset", { class: "moving-choice" },
      html("legend", {}, label), ...inputs.map(([, shown]) => shown));
    return {
      box,
      get value() {
        return inputs.find(([input]) => input.checked)[0].value;
      },
      set value(now) {
        inputs.forEach(([input]) => (input.checked = input.value === String(now)));
      },
    };
  }

  // Yes or no.
  function tick(label, value, changed) {
    const input = html("input", { type: "checkbox", autocomplete: "off" });
    input.checked = value;
    input.addEventListener("change", changed);
    return {
      box: html("label", { class: "moving-tick" }, input, html("span", {}, label)),
      get value() {
        return input.checked;
      },
    };
  }

  function button(label, pressed) {
    const box = html("button", { type: "button", class: "moving-button" }, label);
    box.addEventListener("click", pressed);
    return { box };
  }

  const row = (...controls) =>
    html("div", { class: "moving-row" }, ...controls.map((control) => control.box ?? control));

  // A drawing whose units are the screen's pixels: it is painted anew when the column
  // gets another width. `paint` gets that width and returns what is in the drawing.
  // While a page is laid out a box can be too narrow for any drawing: it waits.
  const NARROWEST = 100;

  function picture(label, height, paint) {
    const box = svg("svg", { class: "moving-picture", role: "img", "aria-label": label });
    let width = 0;
    function again() {
      if (width < NARROWEST) return;
      const high = typeof height === "function" ? height(width) : height;
      fill(box, { viewBox: `0 0 ${width} ${high}`, height: high }, []);
      box.replaceChildren(...paint(width, high).flat(Infinity));
    }
    new ResizeObserver(([{ contentRect }]) => {
      const now = Math.floor(contentRect.width);
      if (now !== width) {
        width = now;
        again();
      }
    }).observe(box);
    return { box, again };
  }

  // Follow a finger or the mouse over a drawing; the place is in the drawing's units.
  function drag(box, moved) {
    const follow = (event) => {
      const { left, top } = box.getBoundingClientRect();
      moved(event.clientX - left, event.clientY - top);
    };
    box.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      box.setPointerCapture(event.pointerId);
      follow(event);
    });
    box.addEventListener("pointermove", (event) => {
      if (box.hasPointerCapture(event.pointerId)) follow(event);
    });
  }

  // What the colours of a drawing mean; `keys` are pairs of a class and its words.
  const legend = (...keys) => html("p", { class: "moving-legend" }, ...keys.map(([look, words]) =>
    html("span", {}, svg("svg", { class: "moving-key", "aria-hidden": "true" },
      svg("rect", { width: 12, height: 12, class: look })), words)));

  const text = (x, y, words, more = {}) => svg("text", { x, y, ...more }, String(words));

  // Put the stage of a figure where its still picture is.
  function set(figure, script) {
    const says = html("p", { class: "moving-says", role: "status", "aria-live": "polite" });
    const stage = html("div", { class: "moving", role: "group", "aria-label": figure.title });
    stage.says = says;
    stage.say = (...words) => says.replaceChildren(...words);
    figure.make(stage, JSON.parse(script.textContent), script);
    if (!says.parentElement) stage.append(says);
    script.after(stage);
    script.closest("figure")?.classList.add("is-moving");
  }

  function figure(name, parts) {
    figures[name] = parts;
    document.querySelectorAll(`script[data-moving="${name}"]`)
      .forEach((script) => set(parts, script));
  }

  return { figure, figures, html, svg, text, range, choice, tick, button, row, picture, legend, drag };
})();
