// The browser of somebody who is logged in: follows redirects within the provider, and stops where the answer leaves it.

export class Browser {
  #issuer;
  #cookies;

  constructor(issuer, cookies) {
    this.#issuer = issuer;
    this.#cookies = new Map(Object.entries(cookies));
  }

  /** Opens an authorization request; returns the answer's address, or the form that posts it: `{ action, fields }`. */
  async answerTo(url) {
    let next = new URL(url);
    for (let hop = 0; hop < 10; hop += 1) {
      if (next.origin !== new URL(this.#issuer).origin) return next;
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const shown = await fetch(next, { redirect: 'manual', headers: { cookie } });
      this.#keep(shown);
      const location = shown.headers.get('location');
      if (location === null) return form(await shown.text(), next);
      await shown.arrayBuffer();
      next = new URL(location, next);
    }
    throw new Error(`redirected for ever: ${next}`);
  }

  #keep(shown) {
    for (const line of shown.headers.getSetCookie?.() ?? []) {
      const [pair] = line.split(';');
      const at = pair.indexOf('=');
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}

function form(html, url) {
  const action = /<form[^>]*id="form-post"[^>]*>/.exec(html)?.[0];
  if (action === undefined) throw new Error(`${url} shows a page that is no answer: ${html.slice(0, 2000)}`);
  const fields = new URLSearchParams();
  for (const [input] of html.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
    fields.append(attribute(input, 'name'), attribute(input, 'value'));
  }
  return { action: attribute(action, 'action'), fields };
}

function attribute(tag, name) {
  const value = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '';
  return value.replace(/&#x?([0-9a-f]+);/gi, (all, digits) =>
    String.fromCodePoint(parseInt(digits, all.startsWith('&#x') ? 16 : 10))).replaceAll('&amp;', '&');
}
