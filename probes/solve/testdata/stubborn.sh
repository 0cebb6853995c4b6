#!/bin/sh
# Neither it nor its child ends when asked to.
trap '' TERM
sh -c 'trap "" TERM; echo $$ > "$NOTES/child"; while :; do sleep 1; done' &
wait
while :; do sleep 1; done
