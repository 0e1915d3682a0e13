// RP-initiated log-out by openid-client, and the logout token that its back channel brought, by jose
// (OpenID Connect RP-Initiated Logout §2, Back-Channel Logout §2.4 to §2.6).
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as openid from 'openid-client';
import * as jose from 'jose';
import { browser, configuration, input, request } from './start.js';

const [client] = input.clients;
const posted = [];
const listener = createServer(async (asked, answer) => {
  posted.push({ type: asked.headers['content-type'], body: new URLSearchParams(await text(asked)) });
  answer.writeHead(200).end();
});
await new Promise((ready) => listener.listen(client.backchannel_port, '127.0.0.1', ready));

const config = await configuration(client);
const visitor = browser();
const { url, checks } = await request(config, { scope: 'openid' });
const tokens = await openid.authorizationCodeGrant(config, await visitor.answerTo(url), checks);
const state = openid.randomState();
const end = openid.buildEndSessionUrl(config, {
  id_token_hint: tokens.id_token, post_logout_redirect_uri: input.post_logout_redirect_uri, state,
});
const back = await visitor.answerTo(end);
assert.equal(back.href, `${input.post_logout_redirect_uri}?state=${state}`);

assert.equal(posted.length, 1, 'it came before the browser was sent back');
assert.match(posted[0].type, /^application\/x-www-form-urlencoded/);
const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
const { payload } = await jose.jwtVerify(posted[0].body.get('logout_token'), keys, {
  issuer: input.issuer, audience: client.client_id, typ: 'logout+jwt', requiredClaims: ['iat', 'exp', 'jti', 'events'],
});
const known = tokens.claims();
assert.deepEqual([payload.sub, payload.sid], [known.sub, known.sid]);
assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} });
assert.ok(!('nonce' in payload));

// Nobody is logged in any more.
const again = await request(config, { scope: 'openid', prompt: 'none' });
await assert.rejects(
  openid.authorizationCodeGrant(config, await visitor.answerTo(again.url), again.checks),
  { error: 'login_required' },
);
listener.close();
listener.closeAllConnections?.();
