// Request objects signed by jose within openid-client (JAR, OpenID Connect Core §6.1).
import assert from 'node:assert/strict';
import * as openid from 'openid-client';
import * as jose from 'jose';
import { browser, configuration, input } from './start.js';

for (const client of input.clients) {
  const config = await configuration(client);
  const key = await jose.importJWK(client.key, client.key.alg);
  const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
  const parameters = {
    redirect_uri: input.redirect_uri, scope: 'openid email', state, nonce, response_type: 'code',
    code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  };
  const url = await openid.buildAuthorizationUrlWithJAR(config, parameters, { key, kid: client.key.kid });
  // OpenID Connect Core §6.1 wants these two beside the object also.
  url.searchParams.set('response_type', 'code');
  url.searchParams.set('scope', 'openid email');
  assert.ok(url.searchParams.has('request'));
  assert.ok(!url.searchParams.has('state'), 'the parameters are in the object alone');
  const answer = await browser().answerTo(url);
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce };
  const tokens = await openid.authorizationCodeGrant(config, answer, checks);
  const person = await openid.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  assert.equal(person.email, input.email);

  // Signed by somebody else: refused on a page, or told to the client; in no case a code.
  const { privateKey } = await jose.generateKeyPair(client.key.alg);
  const forged = await openid.buildAuthorizationUrlWithJAR(config, parameters, { key: privateKey, kid: client.key.kid });
  forged.searchParams.set('response_type', 'code');
  forged.searchParams.set('scope', 'openid email');
  const refused = await browser().answerTo(forged).then(String, (error) => error.message);
  assert.ok(!refused.includes('code='), refused);
}
