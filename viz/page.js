"use strict";
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const main = document.querySelector("main"), tip = document.querySelector("aside");
  const nav = document.querySelector("nav"), search = document.querySelector("input"), said = document.querySelector("output");
  const sections = [...document.querySelectorAll("section")];
  const whole = sections.map(s => s.firstElementChild.getAttribute("viewBox").split(" ").map(Number));
  const seen = whole.map(box => [...box]);
  let view = 0, matches = [], at = -1;

  // --- which view, and which part of it ---------------------------------------------------------

  const svg = () => sections[view].firstElementChild;
  const draw = () => svg().setAttribute("viewBox", seen[view].join(" "));

  function show(number) {
    if (whole[number].join() === whole[view].join()) seen[number] = [...seen[view]];  // as a step of backward
    view = number;
    draw();
    sections.forEach((section, i) => section.classList.toggle("shown", i === view));
    [...nav.querySelectorAll("button")].forEach((button, i) => button.setAttribute("aria-pressed", i === view));
    tip.hidden = true;
    find();
  }

  function fit() {
    const [x, y, w, h] = whole[view], { width, height } = main.getBoundingClientRect();
    const scale = Math.max(w / width, h / height, 0.5);   // nothing is drawn more than twice its size
    seen[view] = [x - (width * scale - w) / 2, y - (height * scale - h) / 2, width * scale, height * scale];
    draw();
  }

  function centre(element, closer) {
    const [, , w, h] = seen[view], box = element.getBBox();
    const screen = svg().getScreenCTM(), inner = element.getScreenCTM();
    const point = new DOMPoint(box.x + box.width / 2, box.y + box.height / 2).matrixTransform(inner).matrixTransform(screen.inverse());
    const scale = closer ? Math.min(1, (Math.max(box.width, 120) * 6) / w) : 1;
    seen[view] = [point.x - (w * scale) / 2, point.y - (h * scale) / 2, w * scale, h * scale];
    draw();
  }

  function zoom(factor, clientX, clientY) {
    const [x, y, w, h] = seen[view], area = main.getBoundingClientRect();
    const limited = Math.min(Math.max(w * factor, 40), 40 * Math.max(whole[view][2], area.width)) / w;
    const px = (clientX - area.left) / area.width, py = (clientY - area.top) / area.height;
    seen[view] = [x + w * px * (1 - limited), y + h * py * (1 - limited), w * limited, h * limited];
    draw();
  }

  sections.forEach((section, i) => {
    const button = document.createElement("button");
    button.type = "button";
    const step = section.dataset.name.match(/^Step (\d+)$/);
    button.textContent = step ? step[1] : section.dataset.name;
    button.title = section.dataset.name;
    button.addEventListener("click", () => show(i));
    if (step && step[1] === "1") nav.append("Backward, step by step:");
    nav.append(button);
  });
  nav.hidden = sections.length < 2;
  document.querySelector("[data-do=fit]").addEventListener("click", fit);
  main.addEventListener("wheel", event => {
    event.preventDefault();
    zoom(Math.exp(event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.clientX, event.clientY);
  }, { passive: false });

  let held = null, moved = false;
  main.addEventListener("pointerdown", event => { held = [event.clientX, event.clientY]; moved = false; });
  addEventListener("pointerup", () => { held = null; main.classList.remove("dragging"); });
  main.addEventListener("pointermove", event => {
    if (!held) return;
    const dx = event.clientX - held[0], dy = event.clientY - held[1], area = main.getBoundingClientRect();
    if (!moved && Math.hypot(dx, dy) < 4) return;
    moved = true;
    held = [event.clientX, event.clientY];
    main.classList.add("dragging");
    seen[view][0] -= dx * seen[view][2] / area.width;
    seen[view][1] -= dy * seen[view][3] / area.height;
    draw();
  });

  // --- opening and closing layers ---------------------------------------------------------------

  const groupTitled = (i, name) => [...sections[i].querySelectorAll(".group-title")].find(t => t.dataset.name === name);
  const layerTitled = (i, name) => [...sections[i].querySelectorAll(".box")].find(b => facts[i][b.id].kind === "layer" && facts[i][b.id].title === name);

  main.addEventListener("click", event => {
    if (moved) return;
    const box = event.target.closest(".box"), title = event.target.closest(".group-title");
    const name = title ? title.dataset.name : box && facts[view][box.id].kind === "layer" ? facts[view][box.id].title : null;
    if (name === null) return;
    const there = title ? layerTitled : groupTitled;
    const other = sections.findIndex((_, i) => i !== view && there(i, name));
    if (other < 0) return;
    show(other);
    fit();
    centre(there(other, name), true);
  });

  // --- what is under the pointer ----------------------------------------------------------------

  function mark(box) {
    svg().querySelectorAll(".near").forEach(element => element.classList.remove("near"));
    if (!box) return;
    svg().querySelectorAll(".edge").forEach(edge => {
      const { from, to } = edge.dataset;
      if (from !== box.id && to !== box.id) return;
      edge.classList.add("near");
      document.getElementById(from === box.id ? to : from).classList.add("near");
    });
  }

  main.addEventListener("pointerover", event => {
    const box = event.target.closest(".box");
    mark(box);
    tip.hidden = !box;
    if (!box) return;
    const { title, lines, group, site } = facts[view][box.id];
    const head = document.createElement("b");
    head.textContent = title;
    const rest = [...lines, group && `in ${group}`, site && `made at ${site}`].filter(Boolean).map(text => {
      const line = document.createElement("small");
      line.textContent = text;
      return line;
    });
    tip.replaceChildren(head, ...rest);
    tip.style.left = `${Math.min(event.clientX + 14, innerWidth - 360)}px`;
    tip.style.top = `${Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8)}px`;
  });
  main.addEventListener("pointerleave", () => { tip.hidden = true; mark(null); });

  // --- searching --------------------------------------------------------------------------------

  function find() {
    const wanted = search.value.trim().toLowerCase();
    matches = [];
    at = -1;
    svg().querySelectorAll(".box").forEach(box => {
      const { title, lines, group, site } = facts[view][box.id];
      const found = wanted !== "" && [title, ...lines, group, site].join("\n").toLowerCase().includes(wanted);
      box.classList.toggle("found", found);
      if (found) matches.push(box);
    });
    svg().classList.toggle("searching", wanted !== "");
    said.textContent = wanted === "" ? "" : `${matches.length} found`;
  }

  search.addEventListener("input", find);
  search.addEventListener("keydown", event => {
    if (event.key === "Escape") { search.value = ""; find(); return; }
    if (event.key !== "Enter" || !matches.length) return;
    at = (at + (event.shiftKey ? matches.length - 1 : 1)) % matches.length;
    centre(matches[at], false);
    said.textContent = `${at + 1} of ${matches.length}`;
  });
  addEventListener("keydown", event => {
    if (event.target === search) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "/") { event.preventDefault(); search.focus(); }
    else if (step && view + step >= 0 && view + step < sections.length) show(view + step);
    else if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 0.8 : 1.25, innerWidth / 2, innerHeight / 2);
  });

  sections.forEach((_, i) => { view = i; fit(); });
  show(0);
})();
