/* A member of staff's notices: asked anew each time and kept nowhere; they are read and ticked off at the desk. */
(function (self) {
  "use strict";
  var page = self.HopePage;
  var id = page.id, say = page.say, make = page.make;
  var words = id("notices").dataset;

  function row(one) {
    var line = make("li", "m-row");
    line.append(make("span", "soft num", page.day(one.at) + " " + page.hour(one.at)));
    if (!one.read) line.append(make("span", "hc-tag amb", words.new));
    line.append(make("p", one.read ? "m-words" : "m-words strong", one.words));
    if (one.link && one.link.charAt(0) === "/") {
      var link = make("a", "link touch", words.open);
      link.href = one.link;
      line.append(link);
    }
    return line;
  }

  page.screens.notices = function () {
    page.list(id("notices-list"), [], row);
    say(id("notices-error"), "");
    say(id("notices-said"), words.loading);
    page.signed("GET", "/me/messages").then(function (found) {
      say(id("notices-said"), found.items.length ? "" : words.none);
      page.list(id("notices-list"), found.items, row);
    }).catch(function (why) {
      say(id("notices-said"), "");
      if (why instanceof self.HopeSend.Refused && why.status === 401) say(id("notices-error"), page.words.signInFirst);
      else page.wrong(id("notices-error"), why);
    });
  };
})(self);
