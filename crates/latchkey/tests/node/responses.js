// Every response type and response mode. openid-client takes `id_token` and `code id_token`; jose looks over all six.
import assert from 'node:assert/strict';
import * as openid from 'openid-client';
import * as jose from 'jose';
import { browser, configuration, input, request } from './start.js';

const [client] = input.clients;
const plain = await configuration(client);
const keys = jose.createRemoteJWKSet(new URL(plain.serverMetadata().jwks_uri));

// By openid-client, which verifies signature, nonce, state, iss and c_hash.
const implicit = await configuration(client);
openid.useIdTokenResponseType(implicit);
{
  const { url, nonce, state } = await request(implicit, { scope: 'openid', code_challenge: '', code_challenge_method: '' });
  url.searchParams.delete('code_challenge');
  url.searchParams.delete('code_challenge_method');
  const answer = await browser().answerTo(url);
  const claims = await openid.implicitAuthentication(implicit, answer, nonce, { expectedState: state });
  assert.equal(claims.aud, client.client_id);
}
for (const responseMode of ['fragment', 'form_post']) {
  const hybrid = await configuration(client);
  openid.useCodeIdTokenResponseType(hybrid);
  const { url, checks } = await request(hybrid, { scope: 'openid email', response_mode: responseMode });
  const tokens = await openid.authorizationCodeGrant(hybrid, received(await browser().answerTo(url)), checks);
  const person = await openid.fetchUserInfo(hybrid, tokens.access_token, tokens.claims().sub);
  assert.equal(person.email, input.email);
}

// By jose: each response type with each response mode that it may have.
for (const type of ['code', 'id_token', 'id_token token', 'code id_token', 'code token', 'code id_token token']) {
  for (const mode of type === 'code' ? ['query', 'fragment', 'form_post'] : ['fragment', 'form_post']) {
    const at = `${type} by ${mode}`;
    const { url, nonce, state } = await request(plain, { response_type: type, response_mode: mode, scope: 'openid email' });
    const answer = await browser().answerTo(url);
    const place = answer instanceof URL ? (mode === 'query' ? answer.search : answer.hash).slice(1) : answer.fields;
    assert.equal(mode === 'form_post', !(answer instanceof URL), at);
    const told = Object.fromEntries(new URLSearchParams(place));
    assert.deepEqual([told.state, told.iss], [state, input.issuer], at);
    const parts = type.split(' ');
    assert.equal('code' in told, parts.includes('code'), at);
    assert.equal('access_token' in told, parts.includes('token'), at);
    assert.equal('id_token' in told, parts.includes('id_token'), at);
    if (told.access_token) {
      assert.equal(told.token_type.toLowerCase(), 'bearer', at);
      const person = await fetch(plain.serverMetadata().userinfo_endpoint, {
        headers: { authorization: `Bearer ${told.access_token}` },
      });
      assert.equal((await person.json()).email, input.email, at);
    }
    if (told.id_token) {
      const { payload, protectedHeader } = await jose.jwtVerify(told.id_token, keys, {
        issuer: input.issuer, audience: client.client_id, algorithms: ['RS256'], requiredClaims: ['exp', 'iat', 'sub'],
      });
      assert.equal(payload.nonce, nonce, at);
      assert.equal(payload.at_hash, told.access_token && await half(told.access_token), at);
      assert.equal(payload.c_hash, told.code && await half(told.code), at);
      assert.ok(protectedHeader.kid, at);
    }
  }
}

/** OpenID Connect Core §3.3.2.11, for RS256: the left half of the SHA-256, in base64url. */
async function half(value) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(value));
  return jose.base64url.encode(new Uint8Array(hash).subarray(0, 16));
}

/** What the client's web server sees: the address with the fragment (as its page posts it), or the form. */
function received(answer) {
  if (answer instanceof URL) return answer;
  return new Request(answer.action, {
    method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: answer.fields.toString(),
  });
}
