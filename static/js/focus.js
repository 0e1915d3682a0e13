/* After a refused form: puts the reader at the summary of what to mend. */
(function () {
  var summary = document.getElementById('error-summary');
  if (summary) { summary.focus(); }
}());
