/* OpenID Connect Session Management 1.0 section 3.2. A product's page posts "client_id session_state" and is told
   "unchanged", "changed" or "error". An error also means that the browser shows us no cookie in a frame: then nothing is
   known, and the product must not conclude that somebody logged out. */
(function () {
  var name = document.documentElement.getAttribute('data-cookie') + '=';
  function browserState() {
    var cookies = document.cookie.split('; ');
    for (var i = 0; i < cookies.length; i += 1) {
      if (cookies[i].indexOf(name) === 0) { return cookies[i].substring(name.length); }
    }
    return null;
  }
  function judge(message, origin) {
    var parts = typeof message === 'string' ? /^([^ ]+) ([0-9a-f]{64})\.([A-Za-z0-9_-]+)$/.exec(message) : null;
    var state = browserState();
    if (parts === null || state === null) { return 'error'; }
    return sha256(parts[1] + ' ' + origin + ' ' + state + ' ' + parts[3]) === parts[2] ? 'unchanged' : 'changed';
  }
  window.addEventListener('message', function (event) {
    // A page without an origin of its own could not be answered so that only it hears.
    if (!event.source || event.source === window || event.origin === 'null') { return; }
    event.source.postMessage(judge(event.data, event.origin), event.origin);
  });
}());
