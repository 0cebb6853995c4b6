#!/bin/sh
# What certbot's documentation shows, for both methods: it notes what it was told.
env | grep '^CERTBOT_' | sort > "$NOTES/auth.$CERTBOT_DOMAIN.$CERTBOT_REMAINING_CHALLENGES"
echo "$CERTBOT_VALIDATION" > "$NOTES/value.$CERTBOT_VALIDATION"
echo "record-$CERTBOT_REMAINING_CHALLENGES"
