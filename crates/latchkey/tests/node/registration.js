// A client that registers itself (RFC 7591), by openid-client, once for each way to authenticate, and then logs somebody in.
import assert from 'node:assert/strict';
import * as openid from 'openid-client';
import * as jose from 'jose';
import { authentication, browser, input, request } from './start.js';

for (const method of input.methods) {
  const { publicKey, privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
  const named = { kid: 'one', alg: 'ES256', use: 'sig' };
  const key = { ...(await jose.exportJWK(privateKey)), ...named };
  const config = await openid.dynamicClientRegistration(
    new URL(input.issuer),
    {
      client_name: `Registered for ${method}`,
      redirect_uris: [input.redirect_uri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: method,
      ...(method === 'private_key_jwt' && { jwks: { keys: [{ ...(await jose.exportJWK(publicKey)), ...named }] } }),
    },
    await authentication({ method, key, client_secret: undefined }),
    { initialAccessToken: input.initial_access_token, execute: [openid.allowInsecureRequests] },
  );
  const metadata = config.clientMetadata();
  assert.equal(metadata.token_endpoint_auth_method, method);
  assert.equal(metadata.registration_client_uri, `${input.issuer}/oauth2/register/${metadata.client_id}`);

  // It has no consent yet: the provider says so to a request that allows no page.
  const { url, checks } = await request(config, { scope: 'openid', prompt: 'none' });
  const answer = await browser().answerTo(url);
  await assert.rejects(openid.authorizationCodeGrant(config, answer, checks), { error: 'consent_required' });

  const read = await fetch(metadata.registration_client_uri, {
    headers: { authorization: `Bearer ${metadata.registration_access_token}` },
  });
  assert.deepEqual((await read.json()).redirect_uris, [input.redirect_uri]);
  const tokens = openid.clientCredentialsGrant(config);
  await assert.rejects(tokens, { error: 'unauthorized_client' }, 'it is known, and may not do that');
}
