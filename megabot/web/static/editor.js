"use strict";
// While a moderator types: save the draft, and replace the thread beside it.
const editor = document.querySelector(".editor");
const form = document.getElementById("essay");
const shown = editor.querySelector("[data-shown]");
const saved = editor.querySelector("[data-saved]");
const PAUSE = 150; // milliseconds without a key

let wanted = 0;
let timer = 0;
async function show() {
  const mine = ++wanted;
  const answer = await fetch(editor.dataset.live, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    redirect: "error",
  });
  const html = await answer.text();
  if (mine !== wanted) return;
  if (!answer.ok) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const words = page.querySelector("[role=alert], main p") ?? page.body;
    throw new Error(`${editor.dataset.unsaved} ${words.textContent.trim()}`);
  }
  const open = [...shown.querySelectorAll("details")].map((one) => one.open);
  shown.innerHTML = html;
  const after = [...shown.querySelectorAll("details")];
  if (after.length === open.length) after.forEach((one, number) => { one.open = open[number]; });
  saved.textContent = "";
}

form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => show().catch((error) => {
    // A TypeError is the browser's word that nothing answered, in its own language.
    saved.textContent = error instanceof TypeError ? editor.dataset.away : error.message;
  }), PAUSE);
});
