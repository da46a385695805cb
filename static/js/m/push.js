/* Questions, or a member of staff's notices, as notifications on this telephone: a press switches them on, a press off.
   Where the browser cannot, and where its owner neither helps nor works here, nothing is offered and all stays as before.
   The choice stands beside the keys and ends with them: whoever signs in next on this telephone has not chosen. */
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
    return Promise.all([store.get("kept", "people"), registration(), subscription(), store.get("keys", "staff"), store.get("keys", "push")]).then(function (found) {
      var denied = self.Notification && Notification.permission === "denied", staff = Boolean(found[3]), on = Boolean(found[2] && found[4]);
      id("push").hidden = !(found[1] && (staff || (found[0] && found[0].items.length)));
      page.each("[data-for]", function (node) { node.hidden = (node.dataset.for === "staff") !== staff; }, id("push"));
      id("push-on").hidden = on || denied;
      id("push-off").hidden = !on;
      say(id("push-said"), on ? own("on", staff) : denied ? own("denied", staff) : "");
    }).catch(function () { id("push").hidden = true; });
  }

  function own(name, staff) { return words[staff ? name + "Staff" : name]; }
  function choose() { return store.put("keys", { name: "push", at: Date.now() }); }

  function tell(made) {
    var told = made.toJSON();
    return page.signed("PUT", "/me/push", { endpoint: told.endpoint, keys: { p256dh: told.keys.p256dh, auth: told.keys.auth } }).then(choose).catch(function (why) {
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
      else return store.get("keys", "staff").then(function (staff) { say(id("push-error"), own("failed", Boolean(staff))); });
      return null;
    }).then(draw).then(function () { id("push-off").focus(); });
  });

  id("push-off").addEventListener("click", function () {
    say(id("push-error"), "");
    subscription().then(function (made) { return made && made.unsubscribe(); }).then(function () {
      return store.drop("keys", "push");
    }).then(function () {
      return page.signed("DELETE", "/me/push");
    }).catch(function (why) { page.wrong(id("push-error"), why); }).then(draw).then(function () { id("push-on").focus(); });
  });

  /* The server may have lost it, as when a push service said that it was gone. */
  function heal() {
    return Promise.all([subscription(), store.get("keys", "push")]).then(function (found) {
      if (!found[0]) return null;
      return page.signed("GET", "/me/push").then(function (told) { return told.on ? choose() : found[1] && tell(found[0]); });
    });
  }

  if (navigator.serviceWorker) {
    navigator.serviceWorker.addEventListener("message", function (event) { if (event.data && event.data.open) location.hash = event.data.open; });
  }
  page.screens.me = draw;
  page.redraws.push(draw);
  page.syncs.push(heal);
})(self);
