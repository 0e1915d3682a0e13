// The code flow and everything after it, by openid-client alone: each client with its own way to authenticate.
import assert from 'node:assert/strict';
import * as openid from 'openid-client';
import { browser, configuration, input, request } from './start.js';

for (const client of input.clients) {
  const config = await configuration(client);
  const { url, checks } = await request(config, { scope: 'openid email offline_access', prompt: 'consent' });
  const answer = await browser().answerTo(url);
  const tokens = await openid.authorizationCodeGrant(config, answer, checks);
  const claims = tokens.claims();
  assert.equal(claims.iss, input.issuer, client.method);
  assert.ok(tokens.expiresIn() > 0);

  const person = await openid.fetchUserInfo(config, tokens.access_token, claims.sub);
  assert.equal(person.email, input.email, client.method);
  // A code works once.
  await assert.rejects(openid.authorizationCodeGrant(config, answer, checks), { error: 'invalid_grant' });

  const again = await openid.authorizationCodeGrant(config, ...(await another(config)));
  const next = await openid.refreshTokenGrant(config, again.refresh_token);
  assert.notEqual(next.access_token, again.access_token);
  assert.equal(next.claims().sub, claims.sub);
  if (client.method === 'none') continue; // introspection is for clients that authenticate
  const seen = await openid.tokenIntrospection(config, next.access_token);
  assert.deepEqual([seen.active, seen.client_id, seen.sub], [true, client.client_id, claims.sub], client.method);
  await openid.tokenRevocation(config, next.refresh_token);
  await assert.rejects(openid.refreshTokenGrant(config, next.refresh_token), { error: 'invalid_grant' });
}

async function another(config) {
  const { url, checks } = await request(config, { scope: 'openid email offline_access', prompt: 'consent' });
  return [await browser().answerTo(url), checks];
}
