/* A button that copies a secret. Without the clipboard the secret is selected, ready for the keyboard. */
(function () {
  function select(node) {
    var range = document.createRange();
    range.selectNodeContents(node);
    window.getSelection().removeAllRanges();
    window.getSelection().addRange(range);
  }
  function wire(button) {
    var source = document.getElementById(button.getAttribute('data-copy'));
    if (!source) { return; }
    button.hidden = false;
    button.addEventListener('click', function () {
      select(source);
      if (!navigator.clipboard) { return; }
      navigator.clipboard.writeText(source.textContent).then(function () {
        button.textContent = button.getAttribute('data-copied');
      }, function () { select(source); });
    });
  }
  var buttons = document.querySelectorAll('[data-copy]');
  for (var i = 0; i < buttons.length; i += 1) { wire(buttons[i]); }
}());
