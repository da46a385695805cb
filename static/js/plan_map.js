/* The week's plan on the map of towns: a ring as large as the seats wanted, filled where seats stay empty. The table of
   the same figures stands below it and is all there is without this file. */
(function () {
  "use strict";
  var script = document.currentScript;
  var box = document.querySelector("[data-plan-map]");
  if (!box || !script || !window.fetch) return;
  var place = box.closest("details");
  var rows = Array.prototype.slice.call(place.querySelectorAll("tr[data-wanted]"));
  var korean = document.documentElement.lang.indexOf("ko") === 0;
  var started = false;

  function load(address, style) {
    return new Promise(function (done, failed) {
      var node = document.createElement(style ? "link" : "script");
      if (style) { node.rel = "stylesheet"; node.href = address; } else { node.src = address; }
      node.onload = done;
      node.onerror = failed;
      document.head.appendChild(node);
    });
  }

  function start() {
    if (started || !place.open) return;
    started = true;
    Promise.all([
      load(script.dataset.leafletStyle, true),
      load(script.dataset.leaflet, false),
      fetch(box.dataset.cells).then(function (answer) { if (!answer.ok) throw answer.status; return answer.json(); })
    ]).then(function (parts) { draw(parts[2]); }).catch(function () { started = false; box.hidden = true; });
  }

  function draw(cells) {
    box.hidden = false;
    box.classList.add("live");
    var frame = document.createElement("div");
    frame.className = "live";
    frame.style.height = "100%";
    frame.setAttribute("role", "application");
    frame.setAttribute("aria-label", box.dataset.label);
    box.appendChild(frame);
    var colour = getComputedStyle(document.documentElement);
    var map = L.map(frame, { zoomControl: false, zoomSnap: 0.1, zoomDelta: 0.5, attributionControl: false, scrollWheelZoom: false });
    L.control.zoom({ zoomInTitle: box.dataset["in"], zoomOutTitle: box.dataset.out }).addTo(map);
    var towns = L.geoJSON(cells, {
      interactive: false,
      style: function () {
        return { color: colour.getPropertyValue("--hc-accent-line"), weight: 1, fillColor: colour.getPropertyValue("--hc-card"), fillOpacity: 1 };
      },
      onEachFeature: function (cell, layer) {
        layer.bindTooltip(korean ? cell.properties.name_ko : cell.properties.name_en, { permanent: true, direction: "bottom", offset: [0, 8] });
      }
    }).addTo(map);
    map.fitBounds(towns.getBounds(), { padding: [4, 4] });
    rows.forEach(function (row) {
      var wanted = Number(row.dataset.wanted), empty = Number(row.dataset.empty);
      L.circleMarker([Number(row.dataset.lat), Number(row.dataset.lon)], {
        radius: 7 + 3 * Math.sqrt(wanted),
        interactive: false,
        weight: 2,
        color: colour.getPropertyValue(empty ? "--hc-danger-solid" : "--hc-solid"),
        fillColor: colour.getPropertyValue(empty ? "--pic-lamp" : "--hc-accent-pale"),
        fillOpacity: 0.9
      }).bindTooltip(wanted - empty + "/" + wanted, { permanent: true, direction: "center" }).addTo(map);
    });
  }

  place.addEventListener("toggle", start);
  start();
}());
