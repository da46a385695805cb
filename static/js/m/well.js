/* "I am well": asked anew each time and kept nowhere; without signal it says so, as a late word is none. */
(function (self) {
  "use strict";
  var page = self.HopePage;
  var id = page.id, each = page.each, say = page.say, filled = page.filled;
  var words = id("well").dataset;

  function standing(one) {
    if (one.standing === "away") return filled(words.away, { day: page.day(one.away_until) });
    if (one.standing === "rests") return words.rests;
    return one.waiting ? words.waiting : words.on;
  }

  function row(one) {
    var place = id("a-well").content.firstElementChild.cloneNode(true);
    page.fill(place, { standing: standing(one), answers: one.answering ? filled(words.answers, { when: one.answering }) : words.nobody });
    each("[data-what]", function (button) {
      var what = button.dataset.what;
      button.hidden = (what === "back") !== (one.standing !== "on") && (what === "back" || what === "rest");
      button.addEventListener("click", function () { tell(one, what); });
    }, place);
    return place;
  }

  function draw(found) {
    id("well").hidden = !found.items.length;
    page.list(id("well-list"), found.items, row);
  }

  function tell(one, what) {
    say(id("well-error"), "");
    say(id("well-said"), "");
    page.signed("POST", "/watch/words", { watch: one.id, what: what }).then(function (found) {
      draw(found);
      say(id("well-said"), words.done);
    }).catch(function (why) { page.wrong(id("well-error"), why); });
  }

  page.syncs.push(function () {
    return page.signed("GET", "/watch").then(draw).catch(function (why) { draw({ items: [] }); throw why; });
  });
})(self);
