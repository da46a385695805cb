/* Opens PortOne's window with what the page says; nothing is read from it but whether the giver comes back. */
(function () {
  "use strict";
  var button = document.getElementById("portone-open");
  var said = document.getElementById("portone-said");
  if (!button || !said) return;
  var told = button.dataset;

  function say(words) {
    button.disabled = false;
    said.textContent = words;
    said.hidden = false;
  }

  function open() {
    var asked = { storeId: told.store, channelKey: told.channel, redirectUrl: told.back };
    if (told.issue) {
      return window.PortOne.requestIssueBillingKey(Object.assign(asked, {
        billingKeyMethod: "CARD",
        issueId: told.issue,
        issueName: told.words,
        customer: { customerId: told.issue }
      }));
    }
    return window.PortOne.requestPayment(Object.assign(asked, {
      paymentId: told.payment,
      orderName: told.words,
      totalAmount: Number(told.won),
      currency: "KRW",
      payMethod: "CARD"
    }));
  }

  button.addEventListener("click", function () {
    if (!window.PortOne) {
      say(told.absent);
      return;
    }
    said.hidden = true;
    button.disabled = true;
    open().then(function (answer) {
      if (answer && answer.code) say(told.failed);
      else window.location.assign(told.back);
    }, function () {
      say(told.failed);
    });
  });
})();
