#!/bin/sh
# Stands in for the official image's entry point: makes the data once, then becomes PostgreSQL.
set -eu
data=/var/lib/postgresql/18/docker
if [ ! -s "$data/PG_VERSION" ]; then
  printf %s "$POSTGRES_PASSWORD" >/tmp/password
  initdb -D "$data" -U postgres --auth-local=trust --auth-host=scram-sha-256 --pwfile=/tmp/password
  rm /tmp/password
  echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
fi
# A volume that is mounted again with fsGroup is open to the group, which PostgreSQL refuses.
chmod 0700 "$data"
exec postgres -D "$data" -c listen_addresses='*' "$@"
