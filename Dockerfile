# One static program in an image without anything else. It runs as nobody in particular and writes nowhere but in /data:
# there the boards lie without -database, and the copies that backup makes.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /waymark ./server && mkdir /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /waymark /waymark
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
ENV WAYMARK_LISTEN=:8080 TMPDIR=/data
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=4s --start-period=30s CMD ["/waymark", "ready"]
ENTRYPOINT ["/waymark"]
