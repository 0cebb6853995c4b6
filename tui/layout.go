package tui

// This file divides the screen: a pure function of its size.

// A shape is how much of the screen goes to what; heights and widths include
// frames, and 0 means that it is not shown.
type shape struct {
	w, h            int
	small           bool // too small for anything but a line
	stacked         bool // the detail is below the list
	listW, listH    int
	detailW         int
	detailH         int
	timeH           int
	withKeys, alone bool // alone: one pane has the whole body
}

// The sizes at which the screen is divided otherwise.
const (
	wide, middling = 100, 80
	smallW, smallH = 60, 15
	tall           = 28 // from here a timeline fits below
	timeMin        = 8
	timeMax        = 14
	headH, statusH = 1, 1
)

// arrange divides a screen of w by h. zoomed gives the whole body to the pane
// that has the focus; inDetail says which one that is.
func arrange(w, h int, zoomed, inDetail bool) shape {
	s := shape{w: w, h: h, withKeys: true}
	if w < smallW || h < smallH {
		s.small = true
		return s
	}
	body := h - headH - statusH - 1
	switch {
	case zoomed || w < middling:
		s.alone = true
		if inDetail {
			s.detailW, s.detailH = w, body
		} else {
			s.listW, s.listH = w, body
		}
	case w < wide:
		s.stacked = true
		s.listW, s.detailW = w, w
		s.listH = max(6, body*2/5)
		s.detailH = body - s.listH
	default:
		if h >= tall {
			s.timeH = min(max(h/4, timeMin), timeMax)
			body -= s.timeH
		}
		s.listW = min(max(36, w*38/100), 60)
		s.detailW = w - s.listW
		s.listH, s.detailH = body, body
	}
	return s
}
