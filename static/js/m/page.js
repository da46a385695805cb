/* What every screen of the phone app needs: finding, making, saying, and asking the API as this telephone. */
(function (self) {
  "use strict";
  var sender = self.HopeSend;
  var words = document.getElementById("words").dataset;
  var language = document.documentElement.lang;
  var page = { screens: {}, redraws: [], syncs: [] };
  sender.language = language;

  function shown(at, parts) { return new Date(at).toLocaleString(language, Object.assign({ timeZone: "Asia/Seoul" }, parts)); }

  page.words = words;
  page.id = function (name) { return document.getElementById(name); };
  page.each = function (selector, act, within) { Array.prototype.forEach.call((within || document).querySelectorAll(selector), act); };
  page.say = function (place, text) { place.textContent = text; place.hidden = !text; };
  page.make = function (kind, classes, text) {
    var node = document.createElement(kind);
    if (classes) node.className = classes;
    if (text) node.textContent = text;
    return node;
  };
  page.filled = function (text, values) { return text.replace(/\{(\w+)\}/g, function (all, name) { return values[name]; }); };
  /* Rows that say the same stay: a finger that is on one, or the keyboard's place, is not lost to a redraw. Those with buttons are made anew, as they act on what they were made of. */
  page.list = function (place, rows, draw) {
    var made = rows.map(draw);
    var same = made.length === place.children.length && made.every(function (node, n) {
      return !node.querySelector("button, canvas") && node.isEqualNode(place.children[n]);
    });
    if (!same) place.replaceChildren.apply(place, made);
  };
  /* What is pressed twice in a hurry happens once: two results of one visit would meet as if two had written. */
  page.once = function (node, act) {
    function free() { delete node.dataset.busy; }
    if (node.dataset.busy) return;
    node.dataset.busy = "yes";
    act().then(free, free);
  };
  page.day = function (at) { return shown(at, { month: "long", day: "numeric" }); };
  page.weekday = function (at) { return shown(at, { weekday: "short" }); };
  page.date = function (at) { return shown(at, { month: "numeric" }).replace(/\D/g, "") + "/" + shown(at, { day: "numeric" }).replace(/\D/g, ""); };
  page.hour = function (at) { return shown(at, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }); };
  page.fill = function (place, values) {
    page.each("[data-f]", function (node) { node.textContent = values[node.dataset.f] === undefined ? "" : values[node.dataset.f]; }, place);
  };
  page.signed = function (method, path, body, headers) {
    return sender.access().then(function (token) {
      return sender.ask(method, path, body, Object.assign({ Authorization: "Bearer " + token }, headers));
    });
  };
  page.wrong = function (place, why) {
    page.say(place, why instanceof sender.Refused && why.words ? why.words : why instanceof sender.Later && why.seconds ? page.filled(words.later, { n: why.seconds }) : words.noSignal);
  };
  /* A picture drawn anew and smaller: less to wait for, and nothing of what the camera wrote into it. */
  page.shrink = function (file) {
    return createImageBitmap(file, { imageOrientation: "from-image" }).then(function (picture) {
      var scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      var canvas = page.make("canvas", "m-thumb");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done, failed) {
        canvas.toBlob(function (blob) { if (blob) done({ blob: blob, canvas: canvas }); else failed(); }, "image/jpeg", 0.82);
      });
    });
  };
  /* On to the next button, unless the person went elsewhere meanwhile. */
  page.focus = function (name) {
    var at = document.activeElement;
    if (!at || at === document.body || at.closest("[hidden]") || !at.offsetParent) page.id(name).focus();
  };
  self.HopePage = page;
})(self);
