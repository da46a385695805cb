/* The pin on the map of towns. Without this file the drawing's towns are links and the list does the same. */
(function () {
  "use strict";
  var script = document.currentScript;
  var box = document.querySelector("[data-map]");
  if (!box || !script || !window.fetch) return;
  var place = box.closest("details");
  var field = { town: byId("town"), lat: byId("lat"), lon: byId("lon") };
  var korean = document.documentElement.lang.indexOf("ko") === 0;
  var said = document.querySelector("[data-map-said]");
  var clear = document.querySelector("[data-map-clear]");
  var started = false;

  function byId(name) { return document.getElementById(box.getAttribute("data-" + name)); }
  function nameOf(cell) { return korean ? cell.properties.name_ko : cell.properties.name_en; }

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
    ]).then(function (parts) { draw(parts[2]); }).catch(function () { started = false; });
  }

  function draw(cells) {
    var old = box.querySelector("svg");
    if (old) old.remove();
    box.classList.add("live");
    var frame = document.createElement("div");
    frame.className = "live";
    frame.style.height = "100%";
    frame.setAttribute("role", "application");
    frame.setAttribute("aria-label", box.dataset.label);
    box.appendChild(frame);
    var map = L.map(frame, { zoomControl: false, zoomSnap: 0.1, zoomDelta: 0.5, attributionControl: Boolean(box.dataset.tiles), scrollWheelZoom: false });
    L.control.zoom({ zoomInTitle: box.dataset["in"], zoomOutTitle: box.dataset.out }).addTo(map);
    if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { maxZoom: 19 }).addTo(map);
    var marker = null;
    var layers = {};
    var colour = getComputedStyle(document.documentElement);
    function look(chosen) {
      return {
        color: colour.getPropertyValue("--hc-solid"), weight: chosen ? 3 : 1,
        fillColor: colour.getPropertyValue(chosen ? "--hc-accent-pale" : "--hc-card"), fillOpacity: box.dataset.tiles ? 0.35 : 1
      };
    }
    function mark() { Object.keys(layers).forEach(function (code) { layers[code].setStyle(look(field.town.value === code)); }); }
    function pin(point, cell) {
      if (!marker) {
        marker = L.circleMarker(point, { radius: 10, weight: 3, color: colour.getPropertyValue("--hc-danger-solid"), fillColor: colour.getPropertyValue("--pic-lamp"), fillOpacity: 1 }).addTo(map);
      }
      marker.setLatLng(point);
      field.lat.value = point.lat.toFixed(5);
      field.lon.value = point.lng.toFixed(5);
      if (cell) field.town.value = cell.properties.code;
      if (said && cell) said.textContent = box.dataset.pin + ": " + nameOf(cell);
      if (clear) clear.hidden = false;
      mark();
    }
    var group = L.geoJSON(cells, {
      style: function (cell) { return look(field.town.value === cell.properties.code); },
      onEachFeature: function (cell, layer) {
        layers[cell.properties.code] = layer;
        layer.bindTooltip(nameOf(cell), { permanent: true, direction: "center" });
        layer.on("click", function (event) { pin(event.latlng, cell); });
      }
    }).addTo(map);
    map.fitBounds(group.getBounds(), { padding: [4, 4] });
    field.town.addEventListener("change", mark);
    if (field.lat.value && field.lon.value) pin(L.latLng(Number(field.lat.value), Number(field.lon.value)), null);
    if (clear) clear.querySelector("button").addEventListener("click", function () {
      field.lat.value = field.lon.value = "";
      if (marker) { marker.remove(); marker = null; }
      if (said) said.textContent = "";
      clear.hidden = true;
    });
  }

  place.addEventListener("toggle", start);
  start();
}());
