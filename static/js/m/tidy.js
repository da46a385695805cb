/* Nothing private stays longer than seven days, and nothing that was not sent goes without a word: said two days before,
   and once more when it is gone. */
(function (self) {
  "use strict";
  var store = self.HopeStore, sender = self.HopeSend, page = self.HopePage;
  var id = page.id, say = page.say, filled = page.filled;
  var words = id("ending").dataset;
  var WARNED = 2 * 24 * 3600 * 1000;

  function draw() {
    return Promise.all([sender.own("waiting"), store.get("sent", "unsent")]).then(function (found) {
      var ending = found[0].filter(function (row) { return row.at < Date.now() - store.KEPT + WARNED; });
      var first = Math.min.apply(null, ending.map(function (row) { return row.at; }));
      say(id("ending-said"), ending.length ? filled(words.ending, { n: ending.length, day: page.day(first + store.KEPT) }) : "");
      id("ending").hidden = !ending.length;
      say(id("lost-said"), found[1] ? filled(words.lost, { n: found[1].lost }) : "");
      id("lost").hidden = !found[1];
    }).catch(function () {});
  }

  id("lost").querySelector("button").addEventListener("click", function () { store.drop("sent", "unsent").then(draw); });
  page.redraws.push(draw);

  /* A page that is left open is swept as well. Where nobody has touched it for as long, what stands on it goes too: a
     form half filled in, a list, a name. */
  var touched = Date.now();
  function sweep() {
    if (page.gone) return;
    sender.sweep().then(function () {
      if (Date.now() - touched < store.KEPT) return page.redraw();
      sessionStorage.clear();
      location.reload();
    }).catch(function () {});
  }
  ["pointerdown", "keydown", "input"].forEach(function (kind) {
    document.addEventListener(kind, function () { touched = Date.now(); }, true);
  });
  setInterval(sweep, 15 * 60 * 1000);
  document.addEventListener("visibilitychange", function () { if (!document.hidden) sweep(); });
  window.addEventListener("pageshow", function (event) { if (event.persisted) sweep(); });
})(self);
