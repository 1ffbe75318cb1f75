// The few steps from values to elements. Text only ever becomes text.

/**
 * element finds a part of the page by its id.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function element(id) {
  const e = document.getElementById(id);
  if (!e) throw new Error("The page has no part " + id + ".");
  return e;
}

/**
 * make makes an element around a text.
 * @param {string} tag
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function make(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

/**
 * makeTime makes a time for people and for machines.
 * @param {string} className
 * @param {string} text
 * @param {string} iso
 * @returns {HTMLTimeElement}
 */
export function makeTime(className, text, iso) {
  const e = document.createElement("time");
  if (className) e.className = className;
  e.textContent = text;
  e.dateTime = iso;
  return e;
}

/**
 * put changes a text that differs, so that nothing is announced twice.
 * @param {string} id
 * @param {string} text
 */
export function put(id, text) {
  const e = element(id);
  if (e.textContent !== text) e.textContent = text;
}
