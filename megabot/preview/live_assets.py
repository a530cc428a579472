"""The live page's style and its one script, as texts: each is a file of its own, nothing is inline."""

from megabot.preview.style import STYLE as SHARED

STYLE = (
    SHARED
    + """
body > * { max-width: 76rem; padding: 0 1rem; }
#shown > * { overflow-wrap: anywhere; } article { margin-bottom: 1.2rem; }
#shown > footer { padding: 0 0 2rem; }
.last { border-left: .3rem solid var(--bad); padding: .4rem .8rem; margin: 0 0 1rem; }
.lost { background: var(--on-bad); color: var(--bad); padding: .6rem 1rem; border-radius: .4rem; }
.lost:not([hidden]) { position: sticky; top: 0; z-index: 2; }
header.bar { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; padding: .8rem 0; }
header.bar { border-bottom: 1px solid var(--line); margin-bottom: 1.2rem; }
.threads ul { display: flex; flex-wrap: wrap; gap: .3rem; list-style: none; margin: 0; padding: 0; }
.threads a { display: block; padding: .35rem .8rem; border-radius: .4rem; text-decoration: none; }
.threads a[aria-current] { background: var(--paper); border: 1px solid var(--line); font-weight: 600; }
.count { color: var(--bad); font-weight: 700; }
.steps { display: flex; flex: 1; gap: 1rem; align-items: center; justify-content: space-between; }
.steps p { margin: 0; text-align: center; line-height: 1.35; }
.step { white-space: nowrap; padding: .45rem .9rem; border: 1px solid var(--line); border-radius: .4rem; }
.step { background: var(--paper); text-decoration: none; }
aside .facts dt { overflow-wrap: normal; } aside meter { width: 3rem; }
aside .found h3 { display: none; } aside h2 { font-size: 1rem; margin: 1.4rem 0 .6rem; }
.step[aria-disabled] { opacity: .45; }
.quiet { color: var(--quiet); font-size: .9rem; }
.columns { display: grid; gap: 1.2rem; }
.columns > * { min-width: 0; }
.columns aside { grid-row: 1; }
@media (min-width: 60rem) {
  .columns { grid-template-columns: minmax(0, 1fr) 21rem; align-items: start; }
  .columns aside { grid-row: auto; position: sticky; top: 1rem; }
  .columns aside { max-height: calc(100vh - 2rem); overflow: auto; }
}
.columns h1 { font-size: 1.45rem; line-height: 1.25; margin: 0 0 .3rem; overflow-wrap: anywhere; }
.columns .card > h2 { font-size: .925rem; color: var(--quiet); margin: 0 0 .5rem; }
.byline { margin: 0 0 .9rem; }
.mark { border: 1px solid var(--line); border-radius: .3rem; padding: 0 .4rem; }
.mark { font-size: .8rem; font-weight: 600; }
.picture { display: block; max-width: 100%; height: auto; max-height: 32rem; border-radius: .4rem; }
.picture { margin: 0 0 .8rem; }
p.extra { border: 0; margin: 0 0 .8rem; overflow-wrap: anywhere; }
aside details { margin: .8rem 0; } aside summary { cursor: pointer; font-weight: 600; }
.to-left { text-align: left; } .to-center { text-align: center; } .to-right { text-align: right; }
@media (max-width: 40rem) {
  header.bar { padding: .6rem 0; }
  .steps { flex-wrap: wrap; gap: .4rem; } .steps p { order: -1; flex: 1 0 100%; }
}
"""
)

SCRIPT = """\
"use strict";
// Follows the files: when the server says that one changed, what is shown is fetched anew and put in place.
const shown = document.getElementById("shown");
const lost = document.querySelector(".lost");

function opened() {
  const seen = new Map();
  return [...shown.querySelectorAll("details")].map((one) => {
    const words = one.querySelector("summary").textContent;
    seen.set(words, (seen.get(words) || 0) + 1);
    return [`${words}#${seen.get(words)}`, one];
  });
}

let wanted = 0;
async function follow() {
  const mine = ++wanted;
  const answer = await fetch(`/part${location.search}`, { cache: "no-store" });
  const html = await answer.text();
  if (mine !== wanted || !answer.ok) return;
  const were = new Set(opened().filter(([, one]) => one.open).map(([name]) => name));
  const [x, y] = [scrollX, scrollY];
  shown.innerHTML = html;
  for (const [name, one] of opened()) one.open = were.has(name);
  scrollTo(x, y);
  const title = shown.querySelector("h1");
  if (title) document.title = `${title.textContent} - megabot preview`;
}

const events = new EventSource("/events");
let known = shown.dataset.count;
events.onmessage = (event) => {
  lost.hidden = true;
  if (known !== event.data) follow().catch(() => {});
  known = event.data;
};
events.onerror = () => { lost.hidden = false; };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  const step = rel && shown.querySelector(`a.step[rel="${rel}"]`);
  if (step && !event.target.closest("input, textarea, select, pre, summary")) step.click();
});
"""
