package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"waymark/collab/pglog"
	"waymark/server/directory"
)

// others looks at the servers that have said lately that they run on the database.
func (e *examiner) others(ctx context.Context) {
	if e.directory == nil {
		e.unseen("which servers run: the tables that say so cannot be read")
		return
	}
	list, err := e.directory.Servers(ctx)
	if err != nil {
		e.unseen("which servers run: %v", err)
		return
	}
	e.servers, e.running = list, len(list) > 0
	if len(list) == 0 {
		e.unseen("no server runs on it now")
	}
	for i := range list {
		e.server(&list[i])
	}
	for _, name := range twice(list) {
		e.say(Warning, fmt.Sprintf("give each a name of its own with %s", e.Option("name")),
			"several servers are called %s: their log lines and figures cannot be told apart", name)
	}
	if versions := distinct(list, func(s *directory.Server) string { return s.Version }); len(versions) > 1 {
		e.say(Warning, "put the same release in place everywhere, one server after the other", "the servers are of different releases: %s", strings.Join(versions, "; "))
	}
	if urls := distinct(list, func(s *directory.Server) string { return s.URL }); len(urls) > 1 {
		e.say(Warning, fmt.Sprintf("give all servers the same %s", e.Option("public-url")),
			"the servers have different addresses: %s. Each refuses pages that were opened under another", strings.Join(urls, ", "))
	}
	e.keys(list)
	if want := len(list) * pglog.Conns; e.most > 0 && want > e.most {
		e.say(Warning, e.raise(roundUp(max(want, e.taken))),
			"%d servers may take %d connections, and %d are left (%d are open): a busy hour finds none free", len(list), want, e.most, e.taken)
	}
}

func roundUp(n int) int { return (n + 99) / 100 * 100 }

func (e *examiner) server(s *directory.Server) {
	at := s.URL
	if at == "" {
		at = "begins to serve"
	}
	if s.ClockAhead.Abs() >= ClockApart {
		e.say(Warning, synchronize, "%s (%s; %s): its clock is %s the database's; the database's counts, so only its log lines are wrong",
			s.Name, at, s.Version, apart(-s.ClockAhead))
		return
	}
	e.good("%s runs (%s; %s)", s.Name, at, s.Version)
}

// keys looks whether each server takes what the others sign.
func (e *examiner) keys(list []directory.Server) {
	for i := range list {
		var deaf []string
		signs := &list[i]
		for j := range list {
			takes := &list[j]
			if len(signs.Keys) > 0 && len(takes.Keys) > 0 && !slices.Contains(takes.Keys, signs.Keys[0]) {
				deaf = append(deaf, takes.Name)
			}
		}
		if deaf != nil {
			e.say(Wrong, "give all servers the same WAYMARK_KEYS, or none of them any: then all take the key that lies in the database; where they have none, start them anew",
				"%s signs with a key that %s does not take: people who are signed in at the one are refused at the other", signs.Name, strings.Join(deaf, ", "))
		}
	}
}

// twice lists the names that more than one server has. The list is by name.
func twice(list []directory.Server) (names []string) {
	for i := 1; i < len(list); i++ {
		if name := list[i].Name; name == list[i-1].Name && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func distinct(list []directory.Server, of func(*directory.Server) string) (values []string) {
	for i := range list {
		if v := of(&list[i]); v != "" && !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return values
}
