// Package tui is the screens: a reducer over what an examination tells of
// itself, and views of a report.
//
// There is one model, which only Update changes; what it shows are plain
// structs with methods. Update does no I/O: it returns commands, and the
// functions of the Backend do the work. A view is a pure function of the model
// and the size of the screen, and has exactly as many lines, none longer than
// the screen is wide. Whatever came from the network goes through render.Safe.
//
// Everything of bubbletea stays in this package.
package tui
