// Node 18 has WebCrypto and keeps it out of the global scope; later versions have it there.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;
