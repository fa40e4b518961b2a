# syntax=docker/dockerfile:1.7
# One image, one program: `lianban serve`, `lianban migrate` and the rest of the command line. It
# brings no PostgreSQL and no Temporal; docker-compose.yml shows the shape.

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=devel
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOFLAGS=-buildvcs=false go build -trimpath -ldflags "-X lianban/cmd/lianban/internal/cli.Version=$VERSION" -o /out/lianban ./cmd/lianban

# Fonts for letters as PDF: Chinese, letters, and the rare characters of names.
FROM golang:1.26.8-bookworm AS fonts
RUN apt-get update -q && apt-get install -y -q --no-install-recommends fonts-droid-fallback fonts-dejavu-core fonts-hanazono

FROM alpine:3.23.3
RUN apk add --no-cache ca-certificates \
    && addgroup -g 10001 lianban \
    && adduser -u 10001 -G lianban -D -H lianban \
    && install -d -o lianban -g lianban -m 0750 /var/lib/lianban /var/lib/lianban/files /var/lib/lianban/anchors
COPY --from=fonts /usr/share/fonts/truetype /usr/share/fonts/truetype
COPY --from=build /out/lianban /usr/local/bin/lianban
USER lianban
WORKDIR /var/lib/lianban
VOLUME /var/lib/lianban/files
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD wget -q -O /dev/null http://127.0.0.1:8080/healthz || exit 1
ENTRYPOINT ["lianban"]
CMD ["serve", "--role", "all"]
