#!/bin/sh
env | grep '^CERTBOT_' | sort > "$NOTES/cleanup.$CERTBOT_DOMAIN.$CERTBOT_REMAINING_CHALLENGES"
rm -f "$NOTES/value.$CERTBOT_VALIDATION"
