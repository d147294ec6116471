// What the page does: opens the evidence behind a number, follows the reader in the table of contents.
// Texts of the evidence reach the page as text nodes only, never as markup.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const panel = $("_panel"), body = $("_panel-body"), heading = $("_panel-title"), tip = $("_tip");
  document.documentElement.classList.add("live");

  // ---------------------------------------------------------------- records and run tables

  // The file writes "<" of JSON strings as its escape; an escaped backslash before "u003c" is left alone.
  const restored = (text) => text.replace(/\\\\|\\u003c/g, (found) => (found === "\\u003c" ? "<" : found));
  const linesOf = (id) => {
    const element = $(id);
    return element ? restored(element.textContent).split("\n").filter((line) => line) : [];
  };
  const cached = new Map();
  const tableOf = (digest) => {
    if (!cached.has(digest)) cached.set(digest, linesOf("_runs-" + digest.replace("sha256:", "")));
    return cached.get(digest);
  };
  // A line is a record's id, a space, and the canonical bytes that hash to it.
  const records = new Map(linesOf("_records").map((line) => [line.slice(0, 71), line.slice(72)]));
  const canHash = Boolean(window.crypto && crypto.subtle);
  const hashed = async (text) => {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return "sha256:" + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  // ---------------------------------------------------------------- the panel

  const make = (tag, text, className) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  const steps = (pointer) =>
    pointer.split("/").slice(1).map((step) => step.replace(/~1/g, "/").replace(/~0/g, "~"));
  const resolve = (root, path) =>
    path.reduce((value, step) => (value !== null && typeof value === "object" ? value[step] : undefined), root);
  const LONGEST = 60;

  // Writes JSON with the value at `path` marked; long lists are shortened away from the path.
  const write = (into, value, path, indent) => {
    const here = path !== null && path.length === 0;
    const target = here ? into.appendChild(make("mark")) : into;
    const space = "\n" + "  ".repeat(indent + 1);
    if (value === null || typeof value !== "object") {
      target.append(JSON.stringify(value) ?? "");
      return;
    }
    const list = Array.isArray(value), keys = Object.keys(value);
    target.append(list ? "[" : "{");
    let left = 0, first = true;
    for (const key of keys) {
      const onPath = path !== null && path[0] === key;
      if (keys.length > LONGEST && !onPath && Number(list ? key : keys.indexOf(key)) >= LONGEST) { left++; continue; }
      target.append((first ? "" : ",") + space + (list ? "" : JSON.stringify(key) + ": "));
      write(target, value[key], onPath ? path.slice(1) : null, indent + 1);
      first = false;
    }
    if (left) target.append(space + "… " + left + " more");
    target.append((keys.length ? "\n" + "  ".repeat(indent) : "") + (list ? "]" : "}"));
  };

  const ROUNDED = { up: "rounded up", down: "rounded down", nearest: "rounded to nearest" };
  const howPrinted = (data) => {
    const words = [];
    if (data.form === "count") words.push("the number of elements");
    if (data.form === "complement") words.push("one minus the value");
    if (data.scale) words.push("times 10^" + data.scale);
    const [mode, digits, direction] = (data.rounding || "exact").split(" ");
    if (mode === "exact") words.push("as it stands");
    else words.push(digits + (mode === "decimals" ? " decimals, " : " significant digits, ") + ROUNDED[direction]);
    return words.join(", ");
  };

  const checked = async (record, line, tableDigest, lines) => {
    if (!canHash) return [null, "not recomputed: this browser hashes local and secure pages only"];
    const table = tableDigest ? (await hashed(lines.map((text) => text + "\n").join(""))) === tableDigest : true;
    if ((await hashed(line)) !== record || !table) return [false, "× the bytes do not hash to the id"];
    return [true, "✓ " + (tableDigest ? "record and run table hash to their ids" : "the bytes hash to the id") + ", recomputed here"];
  };

  const open = async (element, record, pointer, blob) => {
    const line = records.get(record);
    document.querySelectorAll(".opened").forEach((other) => other.classList.remove("opened"));
    panel.origin = element || panel.origin;
    if (panel.origin) panel.origin.classList.add("opened");
    body.replaceChildren();
    tip.hidden = true;
    const list = body.appendChild(make("dl"));
    const row = (label, ...content) => {
      list.append(make("dt", label));
      const cell = list.appendChild(make("dd"));
      cell.append(...content);
      return cell;
    };
    heading.textContent = "Evidence";
    if (line) fill(JSON.parse(line), line, row, element, record, pointer, blob);
    else {
      row("record", make("code", record));
      body.append(make("p", "This record is not in this file."));
    }
    if (!panel.open) panel.show();
    body.scrollTop = 0;
    const code = body.querySelector("pre"), mark = body.querySelector("mark");
    if (mark) code.scrollTop = mark.offsetTop - code.clientHeight / 2;
    $("_close").focus({ preventScroll: true });
  };

  const fill = async (parsed, line, row, element, record, pointer, blob) => {
    const path = pointer === undefined ? null : steps(pointer);
    const lines = blob ? tableOf(parsed.blobs[blob] || "") : null;
    const root = blob ? JSON.parse(lines[Number(path[0])] ?? "null") : parsed;
    const inRoot = path && (blob ? path.slice(1) : path);
    const value = inRoot ? resolve(root, inRoot) : undefined;
    heading.textContent = parsed.kind + " · " + parsed.subject;
    if (element && path) {
      row("printed", make("strong", element.textContent));
      if (value === null || typeof value !== "object") row("in the evidence", make("code", JSON.stringify(value)));
      row("how", howPrinted(element.dataset));
      row("pointer", make("code", (blob ? blob + " " : "") + pointer));
    }
    row("record", make("code", record));
    const check = row("check", "…");
    inputs(parsed, row);
    const code = body.appendChild(make("pre"));
    code.tabIndex = 0;
    write(code, root, inRoot, 0);
    const [good, words] = await checked(record, line, blob && parsed.blobs[blob], lines);
    check.textContent = words;
    check.className = good === null ? "" : good ? "check good" : "check bad";
  };

  const inputs = (parsed, row) => {
    const names = Object.entries(parsed.inputs || {}).filter(([, id]) => typeof id === "string" && records.has(id));
    if (!names.length) return;
    const cell = row("made from", "");
    cell.className = "inputs";
    for (const [name, id] of names.slice(0, 24)) {
      const button = cell.appendChild(make("button", name));
      button.type = "button";
      button.title = id;
      button.addEventListener("click", () => open(null, id));
    }
  };

  panel.addEventListener("close", () => {
    if (!panel.origin) return;
    panel.origin.classList.remove("opened");
    panel.origin.focus({ preventScroll: true });
    panel.origin = null;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.open) panel.close();
  });

  // ---------------------------------------------------------------- numbers

  const OPENABLE = ".fact[data-record], .identifier[data-record]";
  const openable = (target) => {
    const element = target.closest ? target.closest(OPENABLE) : null;
    return element && !element.closest("a") ? element : null;
  };
  const openElement = (element) =>
    open(element, element.dataset.record, element.dataset.pointer, element.dataset.blob);
  const main = $("_document");

  // One stop of the Tab key a block; the arrow keys move inside it.
  const blockOf = (element) => element.closest("p, ul, table, figure, h1, h2, h3, h4, h5");
  const inside = (block) => Array.from(block.querySelectorAll(OPENABLE)).filter((element) => !element.closest("a"));
  const seen = new Set();
  for (const element of main.querySelectorAll(OPENABLE)) {
    if (element.closest("a")) continue;
    const block = blockOf(element);
    element.tabIndex = seen.has(block) ? -1 : 0;
    element.setAttribute("role", "button");
    element.setAttribute("aria-haspopup", "dialog");
    seen.add(block);
  }
  $("_hint").hidden = !seen.size;

  main.addEventListener("click", (event) => {
    const element = openable(event.target);
    if (element && !String(getSelection())) openElement(element);
  });
  main.addEventListener("keydown", (event) => {
    const element = openable(event.target);
    if (!element || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      openElement(element);
      return;
    }
    const cells = element.closest("tr") ? inside(element.closest("tr")).length : 1;
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: cells, ArrowUp: -cells }[event.key];
    if (!by) return;
    const all = inside(blockOf(element)), next = all[all.indexOf(element) + by];
    if (!next) return;
    event.preventDefault();
    element.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  let waiting = 0;
  main.addEventListener("pointerover", (event) => {
    clearTimeout(waiting);
    tip.hidden = true;
    const element = event.pointerType === "mouse" ? openable(event.target) : null;
    if (!element) return;
    waiting = setTimeout(() => {
      const line = records.get(element.dataset.record);
      const parsed = line ? JSON.parse(line) : null;
      const id = element.dataset.record.slice(0, 19) + "…";
      const name = parsed ? parsed.kind + " · " + parsed.subject + " · " : "";
      tip.textContent = name + id + (element.dataset.pointer ? " " + element.dataset.pointer : "");
      tip.hidden = false;
      const box = element.getBoundingClientRect(), size = tip.getBoundingClientRect();
      const above = box.top - size.height - 6;
      tip.style.left = Math.max(6, Math.min(box.left, innerWidth - size.width - 6)) + "px";
      tip.style.top = (above > 60 ? above : box.bottom + 6) + "px";
    }, 250);
  });
  addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });

  // ---------------------------------------------------------------- sections, wide tables

  const sections = $("_sections"), toggle = $("_toggle");
  toggle.hidden = false;
  const show = (open) => {
    sections.classList.toggle("open", open);
    toggle.setAttribute("aria-expanded", String(open));
  };
  toggle.addEventListener("click", () => show(!sections.classList.contains("open")));
  sections.addEventListener("click", (event) => { if (event.target.closest("a")) show(false); });
  const links = Array.from(sections.querySelectorAll("a"));
  const heads = links.map((link) => $(decodeURIComponent(link.hash.slice(1))));
  let current = null;
  const follow = () => {
    let index = -1;
    heads.forEach((head, i) => { if (head && head.getBoundingClientRect().top < 120) index = i; });
    const link = links[index] || null;
    if (link === current) return;
    if (current) current.removeAttribute("aria-current");
    if (link) {
      link.setAttribute("aria-current", "true");
      const box = link.getBoundingClientRect(), frame = sections.getBoundingClientRect();
      if (box.top < frame.top || box.bottom > frame.bottom) sections.scrollTop += box.top - frame.top - frame.height / 3;
    }
    current = link;
  };
  addEventListener("scroll", () => requestAnimationFrame(follow), { passive: true });
  follow();

  const reachable = () => {
    for (const box of document.querySelectorAll(".scroll")) {
      const wide = box.scrollWidth > box.clientWidth + 1;
      if (wide) {
        box.tabIndex = 0;
        box.setAttribute("role", "region");
        box.setAttribute("aria-label", box.querySelector("caption")?.textContent || "Table");
      } else ["tabindex", "role", "aria-label"].forEach((name) => box.removeAttribute(name));
    }
  };
  addEventListener("resize", reachable);
  reachable();
})();
