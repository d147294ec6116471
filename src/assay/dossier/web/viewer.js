// A field that turns: drawn by twgl on WebGL 2; without it the picture stays and a line says why.
"use strict";
(() => {
  const { m4 } = twgl;
  const VERTEX = `#version 300 es
    in vec3 position; in float value; uniform mat4 matrix; uniform mat4 turn; out vec3 seen; out float share;
    void main() { seen = (turn * vec4(position, 1)).xyz; share = value; gl_Position = matrix * vec4(position, 1); }`;
  const FRAGMENT = `#version 300 es
    precision highp float; in vec3 seen; in float share; uniform sampler2D ramp; out vec4 colour;
    void main() {
      vec3 n = normalize(cross(dFdx(seen), dFdy(seen)));
      n *= n.z < 0.0 ? -1.0 : 1.0;
      float light = min(1.0, 0.5 + n.z * 0.42 + max(0.0, n.x * -0.3 + n.y * 0.7) * 0.2);
      colour = vec4(texture(ramp, vec2(clamp(share, 0.0, 1.0) * 0.996 + 0.002, 0.5)).rgb * light, 1);
    }`;
  const EDGE_VERTEX = `#version 300 es
    in vec3 position; uniform mat4 matrix;
    void main() { gl_Position = matrix * vec4(position, 1); gl_Position.z -= 0.0008; }`;
  const EDGE_FRAGMENT = `#version 300 es
    precision mediump float; out vec4 colour;
    void main() { colour = vec4(0.06, 0.09, 0.13, 0.8); }`;

  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer;
  const make = (tag, className, text) => {
    const element = document.createElement(tag);
    if (className) element.className = className;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const button = (words, label, act) => {
    const element = make("button", "", words);
    element.type = "button";
    if (label) element.setAttribute("aria-label", label);
    element.addEventListener("click", act);
    return element;
  };

  // ---------------------------------------------------------------- geometry

  const surface = (data) => {
    const points = new Float32Array(bytes(data.points)), corners = new Uint32Array(bytes(data.triangles));
    const values = new Float32Array(bytes(data.values)), byNode = data.association === "node";
    let low = Infinity, high = -Infinity, radius = 0;
    for (const value of values) { low = Math.min(low, value); high = Math.max(high, value); }
    if (!(high > low)) { const half = Math.max(Math.abs(low), 1) / 2; low -= half; high += half; }
    const position = new Float32Array(corners.length * 3), value = new Float32Array(corners.length);
    corners.forEach((corner, i) => {
      position.set(points.subarray(3 * corner, 3 * corner + 3), 3 * i);
      value[i] = (values[byNode ? corner : Math.floor(i / 3)] - low) / (high - low);
      radius = Math.max(radius, Math.hypot(...points.subarray(3 * corner, 3 * corner + 3)));
    });
    return { points, corners, position, value, low, high, radius: radius || 1 };
  };

  // The lines where two triangles meet at an angle, and the rim.
  const edges = ({ points, corners }) => {
    const normals = [], met = new Map(), lines = [];
    const count = points.length / 3;
    for (let t = 0; t < corners.length; t += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => points.subarray(3 * corners[t + k], 3 * corners[t + k] + 3));
      const u = [b[0] - a[0], b[1] - a[1], b[2] - a[2]], v = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
      const n = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
      const length = Math.hypot(...n) || 1;
      normals.push(n.map((x) => x / length));
      for (const k of [0, 1, 2]) {
        const i = corners[t + k], j = corners[t + ((k + 1) % 3)], key = Math.min(i, j) * count + Math.max(i, j);
        if (met.has(key)) met.get(key).push(t / 3);
        else met.set(key, [t / 3]);
      }
    }
    for (const [key, around] of met) {
      const [m, n] = around.map((t) => normals[t]);
      if (around.length === 2 && Math.abs(m[0] * n[0] + m[1] * n[1] + m[2] * n[2]) > 0.82) continue;
      for (const node of [Math.floor(key / count), key % count]) lines.push(...points.subarray(3 * node, 3 * node + 3));
    }
    return new Float32Array(lines);
  };

  // ---------------------------------------------------------------- colours

  const rampColours = (text) => text.match(/.{6}/g).map((c) => [0, 2, 4].map((i) => parseInt(c.slice(i, i + 2), 16)));
  const ticks = (low, high) => {
    const raw = (high - low) / 6, power = 10 ** Math.floor(Math.log10(raw));
    const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw) || 10);
    const marks = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high * (1 + 1e-9) + 1e-300; k++) marks.push(k * step);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const plain = digits <= 6 && Math.abs(high) < 1e6 && Math.abs(low) < 1e6;
    return marks.map((mark) => [mark, (plain ? mark.toFixed(digits) : mark.toExponential(2)).replace("-", "−")]);
  };
  const scaleOf = (data, shape, colours) => {
    const box = make("div", "scale");
    box.append(make("div", "quantity", data.quantity), make("div", "unit", data.unit));
    const ramp = box.appendChild(make("canvas", "ramp"));
    ramp.width = 1;
    ramp.height = 256;
    const context = ramp.getContext("2d"), fade = context.createLinearGradient(0, 256, 0, 0);
    colours.forEach((c, i) => fade.addColorStop(i / (colours.length - 1), `rgb(${c.join(",")})`));
    context.fillStyle = fade;
    context.fillRect(0, 0, 1, 256);
    box.ramp = ramp;
    box.marks = ticks(shape.low, shape.high).map(([mark, label]) => {
      const tick = box.appendChild(make("span", "tick", label));
      tick.share = (mark - shape.low) / (shape.high - shape.low);
      return tick;
    });
    return box;
  };

  // ---------------------------------------------------------------- one viewer

  const start = (figure) => {
    const picture = figure.querySelector("img");
    const data = JSON.parse(document.getElementById("_field-" + figure.dataset.field).textContent);
    const canvas = make("canvas");
    const gl = canvas.getContext("webgl2", { antialias: true, alpha: false, preserveDrawingBuffer: false });
    if (!gl) {
      figure.append(make("p", "message chrome", "This browser has no WebGL: the field is shown as a picture."));
      return;
    }
    const shape = surface(data), colours = rampColours(data.colours);
    const box = make("div", "viewer chrome");
    const marker = make("div", "marker"), probe = make("div", "probe"), axes = make("canvas", "axes");
    const scale = scaleOf(data, shape, colours);
    const mark = data.mark ? new Float32Array(bytes(data.mark)) : null;
    const camera = {};
    const reset = () => {
      Object.assign(camera, { azimuth: data.azimuth, elevation: data.elevation, zoom: 1, x: 0, y: 0 });
      draw();
    };
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", picture.alt + " Arrow keys turn it, plus and minus zoom, 0 resets the view.");
    marker.append(make("span", "", data.markText));
    marker.hidden = !mark;
    marker.firstChild.hidden = !data.markText;
    probe.hidden = true;

    const programs = [twgl.createProgramInfo(gl, [VERTEX, FRAGMENT]), twgl.createProgramInfo(gl, [EDGE_VERTEX, EDGE_FRAGMENT])];
    const solid = twgl.createBufferInfoFromArrays(gl, {
      position: { numComponents: 3, data: shape.position }, value: { numComponents: 1, data: shape.value } });
    const lines = edges(shape);
    const wire = lines.length ? twgl.createBufferInfoFromArrays(gl, { position: { numComponents: 3, data: lines } }) : null;
    const ramp = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, ramp);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, colours.length, 1, 0, gl.RGB, gl.UNSIGNED_BYTE, (gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1), new Uint8Array(colours.flat())));
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);

    // Rows right, up and towards the reader, as the picture's camera has them.
    const turnOf = () => {
      const a = (camera.azimuth * Math.PI) / 180, e = (camera.elevation * Math.PI) / 180;
      const ca = Math.cos(a), sa = Math.sin(a), ce = Math.cos(e), se = Math.sin(e);
      return [-sa, -se * ca, ce * ca, 0, ca, -se * sa, ce * sa, 0, 0, ce, se, 0, 0, 0, 0, 1];
    };
    const room = () => Math.min(canvas.clientWidth, 760) < 500 ? 70 : 110;
    // Half the width that the surface needs on the screen at the first view, so that it fills the stage.
    const extent = () => {
      const saved = { ...camera };
      Object.assign(camera, { azimuth: data.azimuth, elevation: data.elevation });
      const turn = turnOf();
      Object.assign(camera, saved);
      let right = 0, up = 0;
      for (let i = 0; i < shape.points.length; i += 3) {
        const p = m4.transformPoint(turn, shape.points.subarray(i, i + 3));
        right = Math.max(right, Math.abs(p[0]));
        up = Math.max(up, Math.abs(p[1]));
      }
      return [right || 1, up || 1];
    };
    const [wide, tall] = extent();
    const perPixel = () => Math.max((2 * wide) / (canvas.clientWidth - room() - 32), (2 * tall) / (canvas.clientHeight - 64)) / camera.zoom;

    const toScreen = (turn, point) => {
      const p = m4.transformPoint(turn, point), unit = perPixel();
      return [(canvas.clientWidth - room()) / 2 + p[0] / unit + camera.x, canvas.clientHeight / 2 - p[1] / unit + camera.y, p[2]];
    };
    // The value and the depth of the surface under a place of the canvas.
    const under = (turn, x, y) => {
      let depth = -Infinity, value = NaN;
      const unit = perPixel();
      const px = (x - (canvas.clientWidth - room()) / 2 - camera.x) * unit, py = (canvas.clientHeight / 2 + camera.y - y) * unit;
      const { position } = shape;
      const [r0, u0, d0, , r1, u1, d1, , r2, u2, d2] = turn;
      for (let t = 0; t < position.length; t += 9) {
        const at = (k, a, b, c) => a * position[t + k] + b * position[t + k + 1] + c * position[t + k + 2];
        const ax = at(0, r0, r1, r2), ay = at(0, u0, u1, u2), bx = at(3, r0, r1, r2) - ax, by = at(3, u0, u1, u2) - ay;
        const cx = at(6, r0, r1, r2) - ax, cy = at(6, u0, u1, u2) - ay, area = bx * cy - cx * by;
        if (!area) continue;
        const s = ((px - ax) * cy - cx * (py - ay)) / area, v = (bx * (py - ay) - (px - ax) * by) / area;
        if (s < 0 || v < 0 || s + v > 1) continue;
        const z = (1 - s - v) * at(0, d0, d1, d2) + s * at(3, d0, d1, d2) + v * at(6, d0, d1, d2);
        if (z > depth) {
          depth = z;
          value = (1 - s - v) * shape.value[t / 3] + s * shape.value[t / 3 + 1] + v * shape.value[t / 3 + 2];
        }
      }
      return [depth, shape.low + value * (shape.high - shape.low)];
    };

    let asked = 0;
    const draw = () => { if (!asked) asked = requestAnimationFrame(paint); };
    const paint = () => {
      asked = 0;
      if (!canvas.clientWidth) return;
      twgl.resizeCanvasToDisplaySize(canvas, Math.min(devicePixelRatio || 1, 2));
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(1, 1, 1, 1);
      gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
      gl.enable(gl.DEPTH_TEST);
      gl.enable(gl.BLEND);
      gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
      const unit = perPixel(), width = canvas.clientWidth * unit, height = canvas.clientHeight * unit;
      const cx = (room() / 2 - camera.x) * unit, cy = camera.y * unit, far = 2 * shape.radius;
      const turn = turnOf();
      const matrix = m4.multiply(m4.ortho(cx - width / 2, cx + width / 2, cy - height / 2, cy + height / 2, -far, far), turn);
      const parts = [[programs[0], solid, gl.TRIANGLES]];
      if (wire) parts.push([programs[1], wire, gl.LINES]);
      for (const [program, buffer, mode] of parts) {
        gl.useProgram(program.program);
        twgl.setBuffersAndAttributes(gl, program, buffer);
        twgl.setUniforms(program, { matrix, turn, ramp });
        twgl.drawBufferInfo(gl, buffer, mode);
      }
      triad(turn);
      if (mark) place(turn);
      ruler();
    };
    const place = (turn) => {
      const [x, y, z] = toScreen(turn, mark);
      const inside = x > 0 && y > 0 && x < canvas.clientWidth && y < canvas.clientHeight;
      marker.style.display = inside ? "" : "none";
      marker.style.transform = `translate(${x}px, ${y}px)`;
      marker.classList.toggle("hidden", under(turn, x, y)[0] > z + 0.02 * shape.radius);
      marker.classList.toggle("flip", x > canvas.clientWidth * 0.6);
      marker.classList.toggle("below", y < 70);
    };
    const triad = (turn) => {
      const size = Math.round(80 * Math.min(devicePixelRatio || 1, 2));
      axes.width = axes.height = size;
      const context = axes.getContext("2d");
      context.scale(size / 80, size / 80);
      context.font = "12px 'Dossier Sans', sans-serif";
      context.strokeStyle = context.fillStyle = "#5b6875";
      context.textAlign = "center";
      ["x", "y", "z"].forEach((name, i) => {
        const dx = turn[4 * i] * 24, dy = -turn[4 * i + 1] * 24;
        context.beginPath();
        context.moveTo(40, 40);
        context.lineTo(40 + dx, 40 + dy);
        context.stroke();
        context.fillText(name, 40 + dx * 1.35, 44 + dy * 1.35);
      });
    };
    const ruler = () => {
      const top = scale.ramp.offsetTop, height = scale.clientHeight - top;
      scale.ramp.style.height = height + "px";
      for (const tick of scale.marks) tick.style.top = top + height * (1 - tick.share) + "px";
    };

    const by = (dx, dy) => {
      camera.azimuth -= dx;
      camera.elevation = Math.max(-90, Math.min(90, camera.elevation + dy));
      draw();
    };
    const zoom = (factor) => { camera.zoom = Math.max(0.3, Math.min(40, camera.zoom * factor)); draw(); };
    const shift = (dx, dy) => { camera.x += dx; camera.y += dy; draw(); };

    const pointers = new Map();
    let pinch = 0;
    const spread = () => { const [a, b] = [...pointers.values()]; return Math.hypot(a[0] - b[0], a[1] - b[1]); };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      if (pointers.size === 2) pinch = spread();
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) {
        const frame = canvas.getBoundingClientRect();
        const [depth, value] = under(turnOf(), event.clientX - frame.left, event.clientY - frame.top);
        probe.hidden = depth === -Infinity;
        probe.textContent = probe.hidden ? "" : Number(value.toPrecision(4)) + " " + data.unit;
        return;
      }
      const dx = event.clientX - before[0], dy = event.clientY - before[1];
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      probe.hidden = true;
      if (pointers.size === 2) {
        const now = spread();
        zoom(now / (pinch || now));
        pinch = now;
        shift(dx / 2, dy / 2);
      } else if (event.shiftKey || event.buttons & 6) shift(dx, dy);
      else by(dx * 0.4, dy * 0.4);
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => pointers.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => { probe.hidden = true; });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    // The wheel scrolls the page until the reader has taken hold of the field.
    canvas.addEventListener("wheel", (event) => {
      if (document.activeElement !== canvas && !event.ctrlKey) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const act = {
        ArrowLeft: () => (event.shiftKey ? shift(20, 0) : by(8, 0)), ArrowRight: () => (event.shiftKey ? shift(-20, 0) : by(-8, 0)),
        ArrowUp: () => (event.shiftKey ? shift(0, 20) : by(0, 8)), ArrowDown: () => (event.shiftKey ? shift(0, -20) : by(0, -8)),
        "+": () => zoom(1.2), "=": () => zoom(1.2), "-": () => zoom(1 / 1.2), "0": reset, Home: reset,
      }[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act();
    });
    canvas.addEventListener("webglcontextlost", () => {
      box.remove();
      picture.hidden = false;
    });

    const tools = make("div", "tools");
    tools.append(button("Reset view", "", reset), button("+", "Zoom in", () => zoom(1.25)), button("−", "Zoom out", () => zoom(0.8)),
      make("span", "", "Drag to turn, Shift and drag to move, click and scroll to zoom"));
    box.append(canvas, scale, marker, probe, axes, tools);
    figure.insertBefore(box, picture);
    picture.hidden = true;
    new ResizeObserver(draw).observe(canvas);
    reset();
  };

  // A viewer starts when the reader comes near it: browsers keep few WebGL contexts alive.
  const watch = new IntersectionObserver((found) => {
    for (const { isIntersecting, target } of found) {
      if (!isIntersecting) continue;
      watch.unobserve(target);
      try {
        start(target);
      } catch (error) {
        target.querySelector(".viewer")?.remove();
        target.querySelector("img").hidden = false;
        target.append(make("p", "message chrome", "The field cannot be turned here: " + error.message));
      }
    }
  }, { rootMargin: "600px" });
  document.querySelectorAll("figure[data-field]").forEach((figure) => watch.observe(figure));
})();
