/* Recovery codes as a text file, made in the browser and sent nowhere, and on paper. */
(function () {
  var box = document.getElementById('codes');
  var save = document.getElementById('save-codes');
  var print = document.getElementById('print-codes');
  if (!box || !save || !print) { return; }
  function text() {
    var lines = [box.getAttribute('data-title'), ''];
    var codes = box.querySelectorAll('#recovery-codes code');
    for (var i = 0; i < codes.length; i += 1) { lines.push(codes[i].textContent); }
    return lines.join('\r\n') + '\r\n';
  }
  save.hidden = false;
  save.addEventListener('click', function () {
    var address = URL.createObjectURL(new Blob([text()], { type: 'text/plain' }));
    var link = document.createElement('a');
    link.href = address;
    link.download = box.getAttribute('data-file');
    link.click();
    window.setTimeout(function () { URL.revokeObjectURL(address); }, 1000);
  });
  print.hidden = false;
  print.addEventListener('click', function () { window.print(); });
}());
