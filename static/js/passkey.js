/* Passkeys (Web Authentication). A form with data-passkey="create" or "get" fetches its challenge from data-options, has
   the browser make or use a passkey, and sends itself with the answer in its hidden fields. Its parts come from
   passkey_parts in ui.html: the button is shown only where the browser can do it. */
(function () {
  function bytes(text) {
    var raw = window.atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    var out = new Uint8Array(raw.length);
    for (var i = 0; i < raw.length; i += 1) { out[i] = raw.charCodeAt(i); }
    return out;
  }

  function text(buffer) {
    if (!buffer) { return null; }
    var all = new Uint8Array(buffer);
    var raw = '';
    for (var i = 0; i < all.length; i += 1) { raw += String.fromCharCode(all[i]); }
    return window.btoa(raw).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }

  function opened(options) {
    var wanted = options.publicKey;
    function descriptor(one) { one.id = bytes(one.id); return one; }
    wanted.challenge = bytes(wanted.challenge);
    if (wanted.user) { wanted.user.id = bytes(wanted.user.id); }
    wanted.excludeCredentials = (wanted.excludeCredentials || []).map(descriptor);
    wanted.allowCredentials = (wanted.allowCredentials || []).map(descriptor);
    return options;
  }

  function closed(credential) {
    var from = credential.response;
    var response = { clientDataJSON: text(from.clientDataJSON) };
    if (from.attestationObject) {
      response.attestationObject = text(from.attestationObject);
      response.transports = from.getTransports ? from.getTransports() : [];
    } else {
      response.authenticatorData = text(from.authenticatorData);
      response.signature = text(from.signature);
      response.userHandle = text(from.userHandle);
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response: response,
      authenticatorAttachment: credential.authenticatorAttachment || null, clientExtensionResults: {}
    });
  }

  function words(error, creates) {
    switch (error && error.name) {
      case 'NotAllowedError':
        return creates ? 'Nothing was added: you cancelled, or it took too long. Try again when you are ready.' :
          'You cancelled, it took too long, or this device has no passkey of yours. Try again, or use another way.';
      case 'InvalidStateError': return 'This device or key has a passkey for your account already.';
      case 'NotSupportedError': return 'This device or key cannot make a passkey that we can use. Use another one.';
      case 'SecurityError': return 'Your browser does not allow passkeys at this address.';
      default: return (error && error.told) || 'That did not work. Load the page again, then try once more.';
    }
  }

  function wire(form) {
    var creates = form.getAttribute('data-passkey') === 'create';
    var message = form.querySelector('[data-passkey-message]');

    function tell(what, kind) {
      message.hidden = !what;
      message.className = 'notice ' + (kind || 'info');
      message.textContent = what;
    }

    function challenge() {
      var body = 'csrf=' + encodeURIComponent(form.querySelector('[name="csrf"]').value);
      return window.fetch(form.getAttribute('data-options'), {
        method: 'POST', body: body, redirect: 'manual', credentials: 'same-origin',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' }
      }).then(function (answer) {
        if (answer.type === 'opaqueredirect') {
          // A fresh proof is asked for first, or the log-in is over: the page that says so leads back.
          window.location.assign(form.getAttribute('data-again') || window.location.href);
          return new Promise(function () {});
        }
        return answer.json().then(function (told) {
          if (!answer.ok) { throw { told: told.message }; }
          return told;
        }, function () { throw {}; });
      });
    }

    function send(challengeId, credential) {
      form.querySelector('[name="challenge"]').value = challengeId;
      form.querySelector('[name="credential"]').value = closed(credential);
      form.submit();
    }

    function ask(waits) {
      return challenge().then(function (told) {
        if (waits && busy) { return new Promise(function () {}); }
        var options = opened(told.options);
        if (waits) { options.mediation = 'conditional'; }
        aborter = window.AbortController ? new AbortController() : null;
        if (aborter) { options.signal = aborter.signal; }
        var asked = creates ? navigator.credentials.create(options) : navigator.credentials.get(options);
        return asked.then(function (credential) { tell(''); send(told.challenge, credential); });
      });
    }

    /* Offers passkeys in the field of the address, where the browser can: quietly, and anew before the challenge is too
       old. The button ends it, as a page may ask for one thing at a time. */
    function offer() {
      ask(true).then(null, function () {});
      timer = window.setTimeout(function () {
        if (aborter) { aborter.abort(); }
        offer();
      }, 4 * 60 * 1000);
    }

    var busy = false;
    var aborter = null;
    var timer = 0;
    form.querySelector('[data-passkey-button]').hidden = false;
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      if (busy) { return; }
      busy = true;
      window.clearTimeout(timer);
      if (aborter) { aborter.abort(); }
      tell('Follow what your browser or device asks for.');
      ask(false).then(null, function (error) { busy = false; tell(words(error, creates), 'error'); });
    });
    if (form.hasAttribute('data-autofill') && window.AbortController && PublicKeyCredential.isConditionalMediationAvailable) {
      PublicKeyCredential.isConditionalMediationAvailable().then(function (can) { if (can && !busy) { offer(); } });
    }
  }

  var able = window.PublicKeyCredential && navigator.credentials && window.fetch && window.isSecureContext;
  var forms = document.querySelectorAll('form[data-passkey]');
  for (var i = 0; i < forms.length; i += 1) {
    if (able) { wire(forms[i]); } else {
      var unable = forms[i].querySelector('[data-passkey-unable]');
      if (unable) { unable.hidden = false; }
    }
  }
}());
