# The image of the application: `docker build -f docker/app.Dockerfile -t penstock-app .` in the repository's root.
# One image for all its programs; which one it runs is its command. docs/image.md says how it is used.
#
# Two stages: one fetches the packages that the lock file names, the other holds them, the sources and the one
# Node that is among them. No architecture is named: it is the builder's.

ARG BASE=debian:12-slim

FROM ${BASE} AS packages
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY app/package.json app/package-lock.json app/.npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund --no-progress --loglevel=error \
    && install -D node_modules/node-linux-*/bin/node /out/node \
    && rm -rf node_modules/node-linux-*

FROM ${BASE}
LABEL org.opencontainers.image.title="Penstock's application" \
      org.opencontainers.image.description="A web application that hands its slow work to queues, and its worker" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=packages /out/node /usr/local/bin/node
COPY --from=packages /app/node_modules /app/node_modules
COPY app/package.json /app/
COPY app/public /app/public
COPY app/src /app/src

# A user of its own; any other works too if its group is 0, as some platforms have it.
RUN useradd --uid 10001 --gid 0 --no-create-home --home-dir /data --shell /usr/sbin/nologin penstock-app \
    && install -d -o 10001 -g 0 -m 0770 /data
USER 10001:0
VOLUME /data
WORKDIR /app
# The SDK looks for its files at home, which a user without a name has not.
ENV HOME=/data \
    APP_DATA=/data \
    APP_LISTEN=0.0.0.0:4580 \
    OUTSIDE_LISTEN=0.0.0.0:4581 \
    OUTSIDE_SMTP_LISTEN=0.0.0.0:4582
EXPOSE 4580
STOPSIGNAL SIGTERM
CMD ["node", "src/web.js"]
