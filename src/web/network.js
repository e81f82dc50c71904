// Draws a network of compounds, or of compounds and mechanisms, from the graph that the page names or holds.
//
// Every state of it is in the address: what is filtered, what is chosen. All that is drawn stands in a table too, and
// what is chosen is told in words, so that nothing needs a pointer or eyes for colour.
import cytoscape from "cytoscape";
import fcose from "cytoscape-fcose";

cytoscape.use(fcose);

const MOST_LINES = 1500;

const by = (id) => document.getElementById(id);

function made(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

async function graphOf(figure) {
  const held = by("network-data");
  if (held) return JSON.parse(held.textContent);
  const answer = await fetch(figure.dataset.source, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`the graph could not be had (${answer.status})`);
  return answer.json();
}

// What is drawn: lines that pass the filters, the strongest first where there are too many, and what they join.
function chosen(graph, filters) {
  const passing = graph.edges.filter((edge) => {
    const mechanisms = edge.mechanisms.filter((m) => !filters.signs.size || filters.signs.has(m.sign));
    return filters.tiers.has(edge.tier) && mechanisms.length >= filters.least && (filters.contested || edge.shared > 0);
  });
  return { edges: passing.slice(0, MOST_LINES), left: Math.max(0, passing.length - MOST_LINES) };
}

function filtersOf(form) {
  const values = (name) => new Set([...form.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.value));
  return {
    tiers: values("tier"),
    signs: values("sign"),
    least: Number(form.elements.least?.value ?? 1),
    contested: form.elements.contested?.checked ?? true,
  };
}

function remember(form, selected) {
  const state = new URLSearchParams();
  for (const box of form.querySelectorAll("[name]")) {
    if (box.type === "checkbox" && box.checked !== box.defaultChecked) {
      state.append(box.checked ? box.name : `no-${box.name}`, box.value);
    } else if (box.type !== "checkbox" && box.type !== "submit" && box.value !== box.defaultValue) {
      state.set(box.name, box.value);
    }
  }
  if (selected) state.set("shown", selected);
  const words = state.toString();
  history.replaceState(null, "", words ? `#${words}` : location.pathname + location.search);
}

function recall(form) {
  const state = new URLSearchParams(location.hash.slice(1));
  for (const box of form.querySelectorAll('[type="checkbox"]')) {
    if (state.getAll(box.name).includes(box.value)) box.checked = true;
    if (state.getAll(`no-${box.name}`).includes(box.value)) box.checked = false;
  }
  if (state.has("least") && form.elements.least) form.elements.least.value = state.get("least");
  return state.get("shown");
}

function styles() {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  return [
    {
      selector: "node",
      style: {
        label: "data(label)", color: colour("--ink"), "font-size": 12, "text-wrap": "wrap", "text-max-width": 110,
        "text-background-color": colour("--paper"), "text-background-opacity": 0.85, "text-background-padding": 2,
        "background-color": colour("--link"), width: 22, height: 22, "text-valign": "bottom", "text-margin-y": 3,
      },
    },
    { selector: 'node[kind = "mechanism"]', style: { shape: "rectangle", "background-color": colour("--open") } },
    { selector: 'node[kind = "receptor"]', style: { shape: "diamond", "background-color": colour("--against") } },
    {
      selector: "edge",
      style: {
        width: "mapData(weight, 1, 8, 1.5, 9)", "line-color": colour("--soft"), opacity: 0.75, "curve-style": "straight",
      },
    },
    { selector: "edge[!shared]", style: { "line-style": "dashed" } },
    { selector: "edge[tier <= 'C']", style: { "line-color": colour("--for") } },
    { selector: ":selected", style: { "line-color": colour("--focus"), "background-color": colour("--focus"), opacity: 1 } },
    { selector: ".faint", style: { opacity: 0.15 } },
  ];
}

function told(edge, names) {
  const list = made("ul");
  for (const mechanism of edge.mechanisms) {
    list.append(
      made(
        "li",
        {},
        mechanism.href ? made("a", { href: mechanism.href }, mechanism.label) : mechanism.label,
        ` (tier ${mechanism.tier || edge.tier}${mechanism.contested ? ", contested" : ""})`,
      ),
    );
  }
  const [one, other] = [names.get(edge.source), names.get(edge.target)];
  const parts = [
    made("h3", {}, one.href ? made("a", { href: one.href }, one.label) : one.label, " and ",
      other.href ? made("a", { href: other.href }, other.label) : other.label),
    list,
  ];
  if (edge.why) parts.push(made("p", {}, made("a", { href: edge.why }, "On what evidence, and what speaks against it")));
  return parts;
}

async function main() {
  const figure = by("network");
  const form = by("network-filters");
  const words = by("network-told");
  const body = by("network-rows");
  let graph;
  try {
    graph = await graphOf(figure);
  } catch (fault) {
    words.replaceChildren(made("p", { role: "alert" }, String(fault.message ?? fault)));
    return;
  }
  const names = new Map(graph.nodes.map((node) => [node.id, node]));
  const wanted = recall(form);
  const drawing = cytoscape({ container: figure, style: styles(), selectionType: "single" });

  function show(id) {
    const edge = graph.edges.find((each) => each.id === id);
    const node = names.get(id);
    drawing.elements().removeClass("faint").unselect();
    const element = id ? drawing.getElementById(id) : null;
    if (element?.nonempty()) {
      element.select();
      const near = element.isNode() ? element.closedNeighborhood() : element.union(element.connectedNodes());
      drawing.elements().difference(near).addClass("faint");
    }
    if (edge) words.replaceChildren(...told(edge, names));
    else if (node) {
      const joined = graph.edges.filter((each) => each.source === id || each.target === id);
      words.replaceChildren(
        made("h3", {}, node.href ? made("a", { href: node.href }, node.label) : node.label),
        made("p", {}, `${joined.length} ${joined.length === 1 ? "line" : "lines"} from it`),
      );
    } else words.replaceChildren(made("p", {}, "Choose a line or a name, here or in the table, to see what is behind it."));
    remember(form, edge || node ? id : "");
  }

  function draw() {
    const { edges, left } = chosen(graph, filtersOf(form));
    const there = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
    const nodes = graph.nodes.filter((node) => there.has(node.id));
    drawing.elements().remove();
    drawing.add([
      ...nodes.map((node, place) => ({
        group: "nodes",
        data: node,
        // A ring to begin with, so that the same graph is laid out in the same way.
        position: {
          x: 400 * Math.cos((2 * Math.PI * place) / nodes.length),
          y: 400 * Math.sin((2 * Math.PI * place) / nodes.length),
        },
      })),
      ...edges.map((edge) => ({ group: "edges", data: { ...edge, weight: Math.max(1, edge.mechanisms.length) } })),
    ]);
    drawing
      .layout({
        name: "fcose", randomize: false, animate: false, quality: nodes.length > 200 ? "draft" : "proof",
        nodeRepulsion: 12000, idealEdgeLength: 140, nodeSeparation: 120, padding: 30,
      })
      .run();
    by("network-count").textContent =
      `${nodes.length} of ${graph.nodes.length} names, ${edges.length} lines` +
      (left ? `, the strongest; ${left} weaker ones are left out` : "");
    body.replaceChildren(
      ...edges.map((edge) => {
        const button = made("button", { type: "button" }, `${names.get(edge.source).label} – ${names.get(edge.target).label}`);
        button.addEventListener("click", () => show(edge.id));
        return made("tr", {}, made("th", { scope: "row" }, button), made("td", {}, edge.tier),
          made("td", {}, String(edge.mechanisms.length)), made("td", {}, edge.mechanisms.map((m) => m.label).join("; ")));
      }),
    );
  }

  drawing.on("tap", "node, edge", (event) => show(event.target.id()));
  drawing.on("tap", (event) => event.target === drawing && show(""));
  drawing.on("mouseover", "node, edge", (event) => {
    figure.title = event.target.isNode() ? event.target.data("label")
      : event.target.data("mechanisms").map((m) => m.label).join("; ");
  });
  figure.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (step) drawing.panBy({ x: step[0], y: step[1] });
    else if (event.key === "+" || event.key === "-") drawing.zoom(drawing.zoom() * (event.key === "+" ? 1.25 : 0.8));
    else if (event.key === "0") drawing.fit(undefined, 30);
    else if (event.key === "Escape") show("");
    else return;
    event.preventDefault();
  });
  form.addEventListener("change", () => {
    draw();
    show("");
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawing.style(styles()));
  const png = by("network-png");
  if (png) {
    png.addEventListener("click", () => {
      const link = made("a", {
        download: "overlap.png",
        href: drawing.png({ full: true, scale: 2, bg: getComputedStyle(document.body).backgroundColor }),
      });
      link.click();
    });
  }
  draw();
  show(wanted ?? "");
}

main();
