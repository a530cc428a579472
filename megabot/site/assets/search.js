// Searches the index in the reader's own browser. Everything found is put on the page as text, never as HTML.
"use strict";

const MOST = 100;
const AROUND = 90;
const field = document.getElementById("q");
const found = document.getElementById("found");
const state = document.getElementById("status");
let index = null;

const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

async function load() {
  const years = await (await fetch("index.json")).json();
  const lists = await Promise.all(years.map(async (name) => (await fetch(name)).json()));
  return lists.flat().map((one) => ({ ...one, plain: plain(`${one.title} ${one.words}`) }))
    .sort((a, b) => b.date.localeCompare(a.date) || a.title.localeCompare(b.title));
}

function excerpt(words, term) {
  const at = Math.max(plain(words).indexOf(term), 0);
  const start = Math.max(0, at - AROUND);
  const before = (start ? "…" : "") + words.slice(start, at);
  const hit = document.createElement("mark");
  const there = plain(words).includes(term);
  hit.textContent = there ? words.slice(at, at + term.length) : "";
  const rest = there ? words.slice(at + term.length, at + term.length + AROUND) : words.slice(at, at + AROUND);
  const line = document.createElement("p");
  line.append(before, hit, rest);
  return line;
}

function item(one, terms) {
  const entry = document.createElement("li");
  const title = document.createElement("a");
  title.href = one.page;
  title.textContent = one.title;
  const day = document.createElement("time");
  day.dateTime = one.date;
  day.textContent = one.date;
  entry.append(title, " ", day, excerpt(one.words, terms.find((term) => plain(one.words).includes(term)) ?? terms[0]));
  return entry;
}

async function search() {
  const terms = plain(field.value).split(/\s+/).filter(Boolean);
  found.replaceChildren();
  state.textContent = "";
  if (!terms.length) return;
  state.textContent = state.dataset.searching;
  try {
    index = index ?? await load();
  } catch {
    state.textContent = state.dataset.unreadable;
    return;
  }
  const hits = index.filter((one) => terms.every((term) => one.plain.includes(term)));
  found.replaceChildren(...hits.slice(0, MOST).map((one) => item(one, terms)));
  const said = hits.length > MOST ? state.dataset.newest : state.dataset.found;
  state.textContent = said.replace("{number}", hits.length).replace("{shown}", MOST);
}

field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.replaceState(null, "", field.value ? `?q=${encodeURIComponent(field.value)}` : location.pathname);
  search();
});
field.value = new URLSearchParams(location.search).get("q") ?? "";
if (field.value) search();
