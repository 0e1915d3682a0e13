/* Shows and hides a password, and tells its strength while it is typed. The strength is judged by the server, which
   keeps nothing: POST /password-strength with csrf, password and the words that must not help to guess it. */
(function () {
  function reveal(button) {
    var input = document.getElementById(button.getAttribute('data-reveal'));
    if (!input) { return; }
    function set(shown) {
      input.type = shown ? 'text' : 'password';
      button.textContent = button.getAttribute(shown ? 'data-hide' : 'data-show');
      button.setAttribute('aria-label', button.textContent + ' ' + button.getAttribute('data-what'));
    }
    button.hidden = false;
    button.addEventListener('click', function () { set(input.type === 'password'); input.focus(); });
    if (input.form) { input.form.addEventListener('submit', function () { set(false); }); }
  }

  function meter(box) {
    var input = document.getElementById(box.getAttribute('data-for'));
    var words = box.querySelector('.strength-words');
    var timer = 0;
    var request = null;
    if (!input || !input.form) { return; }
    function part(name) {
      var field = input.form.querySelector('[name="' + name + '"]');
      return field ? '&' + name + '=' + encodeURIComponent(field.value) : '';
    }
    function show(score, text) {
      box.setAttribute('data-score', String(score));
      words.textContent = text;
    }
    function ask() {
      if (request) { request.abort(); }
      request = new XMLHttpRequest();
      request.open('POST', box.getAttribute('data-url'));
      request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
      request.onload = function () {
        var answer;
        if (this.status !== 200) { return; }
        try { answer = JSON.parse(this.responseText); } catch (error) { return; }
        show(Math.max(1, Number(answer.score) || 0), String(answer.text || ''));
      };
      request.send('password=' + encodeURIComponent(input.value) + part('csrf') + part('email') + part('name'));
    }
    box.hidden = false;
    input.addEventListener('input', function () {
      window.clearTimeout(timer);
      if (input.value) { timer = window.setTimeout(ask, 350); } else { show(0, ''); }
    });
  }

  var i;
  var buttons = document.querySelectorAll('[data-reveal]');
  var meters = document.querySelectorAll('.strength');
  for (i = 0; i < buttons.length; i += 1) { reveal(buttons[i]); }
  for (i = 0; i < meters.length; i += 1) { meter(meters[i]); }
}());
