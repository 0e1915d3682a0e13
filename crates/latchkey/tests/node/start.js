// What every script begins with: its input is JSON on standard input; it fails with a message, or ends with code 0.
import './platform.js';
import { text } from 'node:stream/consumers';
import * as openid from 'openid-client';
import * as jose from 'jose';
import { Browser } from './browser.js';

export const input = JSON.parse(await text(process.stdin));
export const browser = () => new Browser(input.issuer, input.cookies);

/** openid-client's configuration of a client: `{ client_id, client_secret?, method, key? }`. */
export async function configuration(client) {
  return openid.discovery(new URL(input.issuer), client.client_id, client.metadata ?? {}, await authentication(client), {
    execute: [openid.allowInsecureRequests],
  });
}

export async function authentication({ method, client_secret: secret, key }) {
  switch (method) {
    case 'client_secret_basic': return openid.ClientSecretBasic(secret);
    case 'client_secret_post': return openid.ClientSecretPost(secret);
    case 'client_secret_jwt': return openid.ClientSecretJwt(secret);
    case 'private_key_jwt': return openid.PrivateKeyJwt({ key: await jose.importJWK(key, key.alg), kid: key.kid });
    case 'none': return openid.None();
    default: throw new Error(`no such method: ${method}`);
  }
}

/** A fresh authorization request and what has to be remembered of it. */
export async function request(config, parameters) {
  const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: input.redirect_uri,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  });
  return { url, state, nonce, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce } };
}
