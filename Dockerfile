# syntax=docker/dockerfile:1
# docker build -t speka . && docker run --rm --read-only -p 127.0.0.1:7735:7735 -v speka:/data speka
#
# test/packaging.test.ts checks how this file is made; test/heavy/packed-image.suite.test.ts carries out its steps in a clean folder.

FROM node:24-slim AS source
WORKDIR /app
COPY package.json package-lock.json ./
COPY packages/core/package.json packages/core/
COPY packages/console/package.json packages/console/
COPY packages/server/package.json packages/server/

# All tools, to build with.
FROM source AS build
RUN npm ci --no-audit --no-fund
COPY LICENSE tsconfig.json turbo.json ./
COPY scripts scripts
COPY packages/core packages/core
COPY packages/console packages/console
COPY packages/server packages/server
COPY docs docs
RUN npm run build

# What runs, as the lockfile has it, hashes included. No package here has an install script, and none would be run.
FROM source AS dependencies
RUN npm ci --workspace @speka/server --omit dev --ignore-scripts --no-audit --no-fund
COPY LICENSE ./
COPY --from=build /app/packages/core/dist packages/core/dist
COPY --from=build /app/packages/server/dist packages/server/dist
# For `docker exec … speka keys create`: npm links no program that was not built when it came by.
RUN ln -sf ../@speka/server/dist/main.js node_modules/.bin/speka

FROM node:24-slim
ENV NODE_ENV=production \
    PATH=/app/node_modules/.bin:$PATH \
    SPEKA_HOST=0.0.0.0 \
    SPEKA_PORT=7735 \
    SPEKA_DATA_DIR=/data
WORKDIR /app
COPY --from=dependencies /app .
# The one place that is written to: the ledger, the keys' digests and the pepper.
RUN mkdir -m 700 /data && chown 1000:1000 /data
VOLUME /data
# By number, so that Kubernetes can see that it is not root. It is the image's user `node`.
USER 1000:1000
EXPOSE 7735
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SPEKA_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# As process 1 it gets SIGTERM itself and answers it, and it starts no processes whose ends it would have to collect: no init is needed.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/packages/server/dist/main.js"]
CMD ["start"]
