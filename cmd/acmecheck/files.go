package main

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
)

// appendTo adds to the end of a file, which others add to, too; it makes the file
// if there is none.
func appendTo(file string, write func(io.Writer) error) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	err = write(f)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// replaceFile writes a file that is there whole or not at all. What is no file,
// such as /dev/null or a named pipe, is written to and stays what it is.
func replaceFile(file string, write func(io.Writer) error) error {
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return appendTo(file, write)
	}
	temp := file + "." + rand.Text()[:8] + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if e, ok := errors.AsType[*os.PathError](err); ok {
		e.Path = file // nobody asked for the other
	}
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temp, file)
	}
	if err != nil {
		_ = os.Remove(temp)
	}
	return err
}

// missing reports whether nothing is there at a path.
func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}
