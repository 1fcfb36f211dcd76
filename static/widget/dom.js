// Making elements. Text only ever becomes text: nothing here, or anywhere in the widget, parses
// HTML, so the strictest policy of a page (Trusted Types included) has nothing to object to.

const SVG = "http://www.w3.org/2000/svg";

const DRAWINGS = {
  back: "M15 5l-7 7 7 7",
  next: "M9 6l6 6-6 6",
  close: "M6 6l12 12M18 6L6 18",
  send: "M12 19V5M6 11l6-6 6 6",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 20c.8-3.600 3.800-5.500 7.500-5.500s6.700 1.900 7.500 5.500",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  check: "M5 12.500l4.500 4.500L19 7.500",
  out: "M14 5h5v5M19 5l-8 8M17 14v5H5V7h5",
  book: "M5 5.500A2.500 2.500 0 0 1 7.500 3H19v15H7.500A2.500 2.500 0 0 0 5 20.500zM5 20.500A2.500 2.500 0 0 0 7.500 21H19",
  note: "M12 8v5M12 16.200v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
};

/**
 * An element. Properties that start with "on" become listeners, `text` and `value` are set as
 * properties, anything else is an attribute; null and false leave it out.
 */
export function h(name, properties, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), guarded(element, value));
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children) add(element, child);
  return element;
}

function add(element, child) {
  if (child === null || child === undefined || child === false) return;
  if (Array.isArray(child)) for (const one of child) add(element, one);
  else element.append(child);
}

/** A fault in a listener of ours is told to the panel and never reaches the page. */
function guarded(element, listener) {
  const tell = (error) =>
    element.dispatchEvent(new CustomEvent("fault", { bubbles: true, detail: error }));
  return (event) => {
    try {
      listener(event)?.catch?.(tell);
    } catch (error) {
      tell(error);
    }
  };
}

/** A small drawing beside words; it says nothing by itself. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", DRAWINGS[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

/** Random letters for ids; unlike randomUUID it also works on pages without TLS. */
export function randomHex(bytes) {
  let text = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(bytes))) {
    text += byte.toString(16).padStart(2, "0");
  }
  return text;
}
