/* Goes on as soon as every product's page has loaded, or after some seconds: browsers begin to count a refresh only when
   everything has loaded, and a product may be away. It runs before the frames are there, so that it misses none of them. */
(function () {
  var complete = false;
  var gone = false;
  function goOn() {
    var link = document.getElementById('go-on');
    if (link && !gone) {
      gone = true;
      window.location.replace(link.href);
    }
  }
  function goOnWhenLoaded() {
    var frames = document.querySelectorAll('iframe.farewell');
    var loaded = document.querySelectorAll('iframe.farewell[data-loaded]');
    if (complete && loaded.length === frames.length) { goOn(); }
  }
  function note(event) {
    if (event.target && event.target.tagName === 'IFRAME') {
      event.target.setAttribute('data-loaded', '1');
      goOnWhenLoaded();
    }
  }
  document.addEventListener('load', note, true);
  document.addEventListener('error', note, true);
  document.addEventListener('DOMContentLoaded', function () {
    var main = document.getElementById('logged-out');
    complete = true;
    goOnWhenLoaded();
    window.setTimeout(goOn, Number(main.getAttribute('data-seconds')) * 1000);
  });
}());
