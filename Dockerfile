# syntax=docker/dockerfile:1
# Builds the binary and puts it alone into a small image. libpq, SQLite and OpenSSL are compiled in, so the image needs
# the C library and nothing else; curl is there for the health check.

FROM rust:1.95-slim-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends build-essential perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked --package latchkey \
    && cp target/release/latchkey /usr/local/bin/latchkey

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends curl \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin latchkey \
    && install --directory --owner=latchkey --group=latchkey --mode=0700 /var/lib/latchkey
COPY --from=build /usr/local/bin/latchkey /usr/local/bin/latchkey
USER latchkey
# latchkey.toml is looked for here, and the SQLite file and the key file are made here unless settings say otherwise.
WORKDIR /var/lib/latchkey
VOLUME /var/lib/latchkey
ENV LATCHKEY_SERVER__LISTEN=0.0.0.0:8080 \
    LATCHKEY_SERVER__OPS_LISTEN=127.0.0.1:9090
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["curl", "--fail", "--silent", "--output", "/dev/null", "http://127.0.0.1:9090/health/ready"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["latchkey"]
CMD ["serve"]
