// Security: what every answer says to the browser, so that a page can neither run what it should not nor be
// put into another's frame.
const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
};

export function addSecurityHeaders(server, { settings }) {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(headers);
    if (!request.url.startsWith('/public/')) reply.header('cache-control', 'no-store');
    if (settings.APP_SECURE) reply.header('strict-transport-security', 'max-age=31536000');
  });
}
