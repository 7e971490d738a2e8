// Passwords: what is kept of one is a salted scrypt hash that says its own cost, so that the cost can be
// raised later without losing the old ones.
//
//   scrypt$15$8$3$SALT$HASH     log2 N, r, p; 32 MiB and some tenths of a second for each try
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(scrypt);
const cost = { log2N: 15, r: 8, p: 3 };
const saltBytes = 16;
const hashBytes = 32;

async function hash(password, salt, { log2N, r, p }) {
  const N = 2 ** log2N;
  return derive(password.normalize('NFKC'), salt, hashBytes, { N, r, p, maxmem: 256 * N * r });
}

export async function hashPassword(password) {
  const salt = randomBytes(saltBytes);
  const digest = await hash(password, salt, cost);
  return ['scrypt', cost.log2N, cost.r, cost.p, salt.toString('base64'), digest.toString('base64')].join('$');
}

// Of nobody's account: what is compared when there is no such account, so that an answer takes as long.
export const nobodysPassword = `scrypt$${cost.log2N}$${cost.r}$${cost.p}$${'A'.repeat(22)}==$${'A'.repeat(43)}=`;

export async function passwordMatches(password, kept) {
  const [scheme, log2N, r, p, salt, digest] = kept.split('$');
  if (scheme !== 'scrypt') return false;
  const wanted = Buffer.from(digest, 'base64');
  const got = await hash(password, Buffer.from(salt, 'base64'), { log2N: Number(log2N), r: Number(r), p: Number(p) });
  return wanted.length === got.length && timingSafeEqual(wanted, got);
}
