/* Questions as notifications on this telephone: a press switches them on, a press off. Where the browser cannot, and where
   its owner does not help, nothing is offered and text messages come as before. */
(function (self) {
  "use strict";
  var store = self.HopeStore, page = self.HopePage;
  var id = page.id, say = page.say;
  var words = id("push").dataset;

  function registration() {
    var able = navigator.serviceWorker && self.PushManager && self.Notification;
    return able ? navigator.serviceWorker.getRegistration("/m/") : Promise.resolve(null);
  }

  function subscription() {
    return registration().then(function (worker) { return worker ? worker.pushManager.getSubscription() : null; });
  }

  function draw() {
    return Promise.all([store.get("kept", "people"), registration(), subscription()]).then(function (found) {
      var denied = self.Notification && Notification.permission === "denied";
      id("push").hidden = !(found[0] && found[0].items.length && found[1]);
      id("push-on").hidden = Boolean(found[2]) || denied;
      id("push-off").hidden = !found[2];
      say(id("push-said"), found[2] ? words.on : denied ? words.denied : "");
    }).catch(function () { id("push").hidden = true; });
  }

  function tell(made) {
    var told = made.toJSON();
    return page.signed("PUT", "/me/push", { endpoint: told.endpoint, keys: { p256dh: told.keys.p256dh, auth: told.keys.auth } }).catch(function (why) {
      return made.unsubscribe().then(function () { throw why; });
    });
  }

  id("push-on").addEventListener("click", function () {
    say(id("push-error"), "");
    Notification.requestPermission().then(function (answer) {
      if (answer !== "granted") return null;
      return Promise.all([navigator.serviceWorker.ready, page.signed("GET", "/me/push")]).then(function (found) {
        return found[0].pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: found[1].public_key });
      }).then(tell);
    }).catch(function (why) {
      if (why instanceof self.HopeSend.Refused || why instanceof self.HopeSend.Later) page.wrong(id("push-error"), why);
      else say(id("push-error"), words.failed);
    }).then(draw);
  });

  id("push-off").addEventListener("click", function () {
    subscription().then(function (made) { return made && made.unsubscribe(); }).then(function () {
      return page.signed("DELETE", "/me/push");
    }).catch(function (why) { page.wrong(id("push-error"), why); }).then(draw);
  });

  /* The server may have lost it, as when a push service said that it was gone. */
  function heal() {
    return subscription().then(function (made) {
      return made && page.signed("GET", "/me/push").then(function (told) { return told.on ? null : tell(made); });
    });
  }

  if (navigator.serviceWorker) {
    navigator.serviceWorker.addEventListener("message", function (event) { if (event.data && event.data.open) location.hash = event.data.open; });
  }
  page.screens.me = draw;
  page.redraws.push(draw);
  page.syncs.push(heal);
})(self);
