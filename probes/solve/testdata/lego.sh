#!/bin/sh
# A program for lego's exec provider.
echo "mode=$EXEC_MODE $*" >> "$NOTES/lego"
