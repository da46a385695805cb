/* A lobby's screen asks after a while without a touch, then starts anew. Without this file a long refresh does it. */
(function () {
  "use strict";
  var own = document.currentScript;
  var home = own.dataset.home, idle = own.dataset.idle * 1000, grace = own.dataset.grace * 1000;
  var dialog = document.querySelector(".hc-kiosk-ask");
  var waiting, ending;

  function atStart() { return !own.dataset.turned && location.pathname === home && !location.search; }
  function startAnew() { location.replace(home + "?anew=1"); }
  function ask() {
    if (atStart() && window.scrollY === 0) return touched();
    dialog.showModal();
    ending = window.setTimeout(startAnew, grace);
  }
  function touched() {
    window.clearTimeout(waiting);
    window.clearTimeout(ending);
    if (dialog.open) dialog.close();
    waiting = window.setTimeout(ask, idle);
  }
  ["pointerdown", "keydown", "scroll"].forEach(function (name) { window.addEventListener(name, touched, { passive: true }); });
  touched();
}());
