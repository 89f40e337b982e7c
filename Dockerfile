# The image of Letopis: non-root, works with a read-only file system, production dependencies only.
#
#   docker build -t letopis .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL -p 127.0.0.1:8080:8080 \
#     -v letopis-data:/data -v "$PWD/config:/config:ro" letopis
#
# In /config/letopis.yml: `dataDir: /data` and `web: { listen: "0.0.0.0:8080", … }`.
# For releases pin the base by digest (FROM node:24-bookworm-slim@sha256:…): a tag moves, a digest does not.
FROM node:24-bookworm-slim AS build
WORKDIR /build
# dependencies first: this layer is rebuilt only when the lockfile changes
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY build.mjs tsconfig.json tsconfig.build.json ./
COPY .ci/production-tree .ci/production-tree
COPY connectors connectors
COPY config config
COPY src src
# the same script makes the tree that .ci/run tries as an unprivileged user
RUN npm run build && .ci/production-tree /app

FROM node:24-bookworm-slim
# initdb of the embedded PostgreSQL insists on a user with a name, so the uid gets one
RUN groupadd --gid 10001 letopis \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin letopis \
 && install -d -o 10001 -g 10001 -m 0750 /data
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=0:0 /app /app
USER 10001:10001
VOLUME /data
EXPOSE 8080
# /livez asks the process alone: a database that is away must not restart the daemon that waits for it
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# No tini: the daemon handles SIGTERM and SIGINT itself, which is what a process with id 1 needs to be stopped. It starts
# one child, the embedded PostgreSQL, and waits for it; with a server by URL it starts none. After a kill -9 of PostgreSQL
# alone its orphans would stay as zombies: who wants them reaped adds `--init`.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["run", "--config", "/config/letopis.yml"]
