"use strict";
// While an order is pending: look every three seconds what became of it.
async function check() {
  const answer = await fetch(location.href, { redirect: "error" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [before, after] = [document, fresh].map((one) => [...one.querySelectorAll("[data-order]")]);
  if (before.length !== after.length) return;
  before.forEach((one, number) => one.replaceChildren(...after[number].childNodes));
}

if (document.querySelector("[data-pending]")) {
  const timer = setInterval(() => {
    if (!document.querySelector("[data-pending]")) clearInterval(timer);
    else check().catch(() => {});
  }, 3000);
}
