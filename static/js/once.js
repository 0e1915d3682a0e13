/* Guards against sending a form twice. The pressed button keeps its name and value: it is never disabled, the second
   submit is cancelled instead. Coming back with the browser's back button makes the form usable again. */
(function () {
  function release(form) {
    var button = form.querySelector('[aria-disabled="true"]');
    form.removeAttribute('data-sent');
    if (button) { button.removeAttribute('aria-disabled'); }
  }
  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (event.defaultPrevented || (form.getAttribute('method') || '').toLowerCase() !== 'post') { return; }
    if (form.getAttribute('data-sent')) { event.preventDefault(); return; }
    form.setAttribute('data-sent', '1');
    var button = event.submitter || form.querySelector('.button.primary');
    if (button) { button.setAttribute('aria-disabled', 'true'); }
    window.setTimeout(function () { release(form); }, 8000);
  });
  window.addEventListener('pageshow', function (event) {
    if (!event.persisted) { return; }
    var sent = document.querySelectorAll('form[data-sent]');
    for (var i = 0; i < sent.length; i += 1) { release(sent[i]); }
  });
}());
