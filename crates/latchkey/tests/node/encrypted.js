// ID tokens and userinfo that are encrypted to the client (OpenID Connect Core §10.2), opened by openid-client and by jose.
import assert from 'node:assert/strict';
import * as openid from 'openid-client';
import * as jose from 'jose';
import { browser, configuration, input, request } from './start.js';

for (const client of input.clients) {
  const { alg, enc } = client;
  const at = `${alg} ${enc}`;
  const config = await configuration(client);
  const { issuer, jwks_uri: keysUrl } = config.serverMetadata();
  for (const name of ['id_token', 'userinfo']) {
    assert.ok(config.serverMetadata()[`${name}_encryption_alg_values_supported`].includes(alg), at);
    assert.ok(config.serverMetadata()[`${name}_encryption_enc_values_supported`].includes(enc), at);
  }
  const key = await jose.importJWK(client.decryption_key, alg);
  openid.enableDecryptingResponses(config, [enc], { key, alg, kid: client.decryption_key.kid });
  const { url, checks } = await request(config, { scope: 'openid email' });
  const tokens = await openid.authorizationCodeGrant(config, await browser().answerTo(url), checks);
  assert.equal(tokens.claims().iss, issuer, at);
  const person = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.equal(person.email, input.email, at);

  // The same by jose alone: decrypt, then verify what is inside.
  const keys = jose.createRemoteJWKSet(new URL(keysUrl));
  const userinfo = await fetch(config.serverMetadata().userinfo_endpoint, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  assert.equal(userinfo.headers.get('content-type'), 'application/jwt', at);
  for (const token of [tokens.id_token, await userinfo.text()]) {
    const opened = await jose.compactDecrypt(token, key, {
      keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc],
    });
    assert.deepEqual([opened.protectedHeader.alg, opened.protectedHeader.enc], [alg, enc], at);
    assert.equal(opened.protectedHeader.cty, 'JWT', at);
    assert.equal(opened.protectedHeader.kid, client.decryption_key.kid, at);
    const inner = new TextDecoder().decode(opened.plaintext);
    const { payload } = await jose.jwtVerify(inner, keys, { issuer, audience: client.client_id });
    assert.equal(payload.sub, tokens.claims().sub, at);
  }
}
