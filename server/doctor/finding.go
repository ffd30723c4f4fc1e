package doctor

import (
	"fmt"
	"io"
	"strings"
)

// A Verdict says how grave a finding is.
type Verdict int

const (
	// Good is as it should be.
	Good Verdict = iota
	// Unseen could not be looked at.
	Unseen
	// Warning works, and is worth changing.
	Warning
	// Wrong does not work, or may lose what people wrote.
	Wrong
)

func (v Verdict) String() string { return [...]string{"good", "not seen", "warning", "WRONG"}[v] }

// A Finding is one thing that was looked at.
type Finding struct {
	// About is the part of the installation: "Folder", "Postgres", "Servers", "Redis", "Address".
	About   string
	Verdict Verdict
	// Says is what was found and what it means; where it is short, also what to change.
	Says string
	// Change is the setting, the command or the lines to change; "" when there is nothing, or Says has it.
	Change string
}

// A Report prints findings as they come, and counts them.
type Report struct {
	to    io.Writer
	about string
	count [Wrong + 1]int
	err   error
}

// NewReport prints to w.
func NewReport(w io.Writer) *Report { return &Report{to: w} }

// Add prints a finding, under a heading where another part begins.
func (r *Report) Add(f Finding) {
	r.count[f.Verdict]++
	if f.About != r.about {
		if r.about != "" {
			r.print("\n")
		}
		r.print(f.About + "\n")
		r.about = f.About
	}
	r.print(fmt.Sprintf("  %-8s  %s\n", f.Verdict, f.Says))
	if f.Change == "" {
		return
	}
	for i, line := range strings.Split(f.Change, "\n") {
		head := ""
		if i == 0 {
			head = "change:"
		}
		r.print(strings.TrimRight(fmt.Sprintf("  %8s  %s", head, line), " ") + "\n")
	}
}

// End prints how many findings there were, and reports whether something is wrong.
func (r *Report) End() (wrong bool, err error) {
	r.print(fmt.Sprintf("\n%d wrong, %d to be warned of, %d not seen, %d good.\n",
		r.count[Wrong], r.count[Warning], r.count[Unseen], r.count[Good]))
	return r.count[Wrong] > 0, r.err
}

func (r *Report) print(text string) {
	if _, err := io.WriteString(r.to, text); r.err == nil {
		r.err = err
	}
}
