package main

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"waymark/board"
	"waymark/board/template"
	"waymark/server/directory"
)

// listedBody is one line of the list of boards.
type listedBody struct {
	ID        board.ID           `json:"id"`
	Title     string             `json:"title"`
	Role      board.Role         `json:"role"`
	ChangedAt int64              `json:"changedAt"`
	ChangedBy string             `json:"changedBy"` // a name
	Live      int                `json:"live"`      // people on it now
	TrashedAt int64              `json:"trashedAt,omitempty"`
	Phases    int                `json:"phases"`
	Steps     int                `json:"steps"`
	Cards     int                `json:"cards"`
	Moments   int                `json:"moments"`
	Curve     []directory.Point  `json:"curve"`
	Picture   *directory.Picture `json:"picture,omitempty"`
}

// boards lists what the person has; the list is a projection and opens nothing.
func (s *Server) boards(c echo.Context) error {
	p, _, err := s.caller(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	s.project(ctx)
	list, err := s.directory.Boards(ctx, p.ID)
	if err != nil {
		return err
	}
	if list, err = s.stillSeen(ctx, p.ID, list); err != nil {
		return err
	}
	authors := make([]board.ID, 0, len(list))
	for _, b := range list {
		authors = append(authors, b.ChangedBy)
	}
	names, err := s.names(ctx, authors)
	if err != nil {
		return err
	}
	out := struct {
		Boards []listedBody `json:"boards"`
	}{make([]listedBody, 0, len(list))}
	for _, b := range list {
		if b.Curve == nil {
			b.Curve = []directory.Point{}
		}
		out.Boards = append(out.Boards, listedBody{
			ID: b.ID, Title: b.Title, Role: b.Role, ChangedAt: b.ChangedAt, ChangedBy: names[b.ChangedBy].Name,
			Live: len(s.hub.Present(b.ID)), TrashedAt: b.TrashedAt, Phases: b.Phases, Steps: b.Steps, Cards: b.Cards,
			Moments: b.Moments, Curve: b.Curve, Picture: b.Picture,
		})
	}
	return c.JSON(http.StatusOK, out)
}

// stillSeen keeps the lines of boards that the person may look at. Projections let nobody see anything: what is not
// known from the head of a log is asked of the board.
func (s *Server) stillSeen(ctx context.Context, person board.ID, list []directory.Listed) ([]directory.Listed, error) {
	kept := list[:0]
	for _, line := range list {
		if !line.AtHead {
			err := s.mayLook(ctx, line.ID, person, board.Viewer, func(b *board.Board) error {
				if line.Role = b.Role(person); line.Role == board.Nobody {
					line.Role = board.Viewer
				}
				return nil
			})
			if err != nil && asFailure(err).Code == "notFound" {
				continue
			}
			if err != nil {
				return nil, err
			}
		}
		kept = append(kept, line)
	}
	return kept, nil
}

func (s *Server) names(ctx context.Context, ids []board.ID) (map[board.ID]directory.Person, error) {
	people, err := s.directory.People(ctx, ids)
	if err != nil {
		return nil, err
	}
	names := make(map[board.ID]directory.Person, len(people))
	for _, p := range people {
		names[p.ID] = p
	}
	return names, nil
}

func (s *Server) templates(c echo.Context) error {
	if _, _, err := s.caller(c); err != nil {
		return err
	}
	lang := c.QueryParam("lang")
	if lang == "" {
		lang = s.language(c)
	}
	if err := language(&lang); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]any{"templates": template.List(lang)})
}

// emptyTemplate is what a board begins with when nothing else was chosen; sampleTemplate is the one a set-up opens.
const (
	emptyTemplate  = "empty"
	sampleTemplate = "telecom"
)

func (s *Server) createBoard(c echo.Context) error {
	p, _, err := s.caller(c)
	if err != nil {
		return err
	}
	in := struct {
		ID       board.ID `json:"id"`
		Template string   `json:"template"`
		Title    string   `json:"title"`
		Lang     string   `json:"lang"`
	}{Template: emptyTemplate, Lang: s.language(c)}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	if err := errors.Join(boardID(in.ID), line("title", &in.Title, 0, 200), language(&in.Lang)); err != nil {
		return err
	}
	records, err := template.Records(in.Template, in.Lang, newRecordID)
	if errors.Is(err, template.ErrUnknown) {
		return &Failure{Code: "field", Value: "template", cause: err}
	}
	if err != nil {
		return err
	}
	if in.Title != "" {
		records = titled(records, in.Title)
	}
	return s.create(c, p, in.ID, records)
}

func newRecordID(kind board.Kind) board.ID { return directory.NewID(string(kind)) }

// titled gives the map another title.
func titled(records []*board.Record, title string) []*board.Record {
	for i, r := range records {
		if r.Kind != board.KindMap {
			continue
		}
		fields := []board.Field{{Name: "title", Value: board.String(title)}}
		for _, f := range r.Fields() {
			if f.Name != "title" {
				fields = append(fields, f)
			}
		}
		records[i] = board.NewRecord(r.ID, r.By, r.At, r.Only, fields...)
	}
	return records
}

// create makes a board in one transaction and answers with its line in the list.
func (s *Server) create(c echo.Context, p directory.Person, id board.ID, records []*board.Record) error {
	ctx := c.Request().Context()
	if p.Guest {
		s.guests.Lock() // or those who ask at once would all find room
		defer s.guests.Unlock()
		if err := s.roomForBoard(ctx, p.ID, id); err != nil {
			return err
		}
	}
	if err := s.makeBoard(ctx, p.ID, id, records); err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, map[string]board.ID{"id": id})
}

// guestBoards is how many boards of their own a guest has at most, those in the trash included: whoever holds one link
// is not to fill the disk.
const guestBoards = 20

// roomForBoard refuses a guest one board more. One that is there already may be asked for again.
func (s *Server) roomForBoard(ctx context.Context, guest, id board.ID) error {
	list, err := s.directory.Boards(ctx, guest)
	if err != nil {
		return err
	}
	own := 0
	for _, b := range list {
		if b.ID == id {
			return nil
		}
		if b.Role == board.Facilitator {
			own++
		}
	}
	if own >= guestBoards {
		return failValue("guestBoards", strconv.Itoa(guestBoards))
	}
	return nil
}

// sampleBoard is what a new installation shows first.
func (s *Server) sampleBoard(ctx context.Context, p directory.Person) (board.ID, error) {
	records, err := template.Records(sampleTemplate, p.Lang, newRecordID)
	if err != nil {
		return "", err
	}
	id := directory.NewID(board.PrefixBoard)
	return id, s.makeBoard(ctx, p.ID, id, records)
}

func boardID(id board.ID) error {
	if !id.Valid() || id.Prefix() != board.PrefixBoard || len(id) > 100 {
		return failField("id")
	}
	return nil
}

// onBoard reads who asks for what is done to the board in the path.
func (s *Server) onBoard(c echo.Context) (directory.Person, board.ID, error) {
	p, _, err := s.caller(c)
	if err != nil {
		return p, "", err
	}
	id := board.ID(c.Param("board"))
	if boardID(id) != nil {
		return p, "", fail("notFound")
	}
	return p, id, nil
}

// mayLook checks that the person has a role on the board; the board answers, at a verified head. One that one may not
// see and one that does not exist are the same.
func (s *Server) mayLook(ctx context.Context, id, person board.ID, least board.Role, look func(b *board.Board) error) error {
	guest, err := s.passes(ctx, id, person)
	if err != nil {
		return err
	}
	return s.look(ctx, id, func(b *board.Board) error {
		role := b.Role(person)
		if role == board.Nobody && guest.holds(b, s.millis()) {
			role = board.Viewer
		}
		if role == board.Nobody {
			return fail("notFound")
		}
		if !role.AtLeast(least) {
			return fail("role")
		}
		return look(b)
	})
}

func (s *Server) renameBoard(c echo.Context) error {
	p, id, err := s.onBoard(c)
	if err != nil {
		return err
	}
	var in struct {
		Title string `json:"title"`
	}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	if err := line("title", &in.Title, 1, 200); err != nil {
		return err
	}
	ctx := c.Request().Context()
	var op board.Op
	err = s.mayLook(ctx, id, p.ID, board.Facilitator, func(b *board.Board) error {
		m, ok := b.Map()
		if !ok {
			return fail("notFound")
		}
		op = retitle(m, b.Seq(), in.Title)
		return nil
	})
	if err != nil {
		return err
	}
	if op != nil {
		if err := s.propose(ctx, id, op, board.Actor{Person: p.ID}); err != nil {
			return err
		}
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *Server) trashBoard(c echo.Context) error {
	return s.change(c, &board.TrashBoard{})
}

func (s *Server) restoreBoard(c echo.Context) error {
	return s.change(c, &board.UntrashBoard{})
}

// change proposes an op of the person on the board in the path.
func (s *Server) change(c echo.Context, op board.Op) error {
	p, id, err := s.onBoard(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := s.mayLook(ctx, id, p.ID, board.Facilitator, func(*board.Board) error { return nil }); err != nil {
		return err
	}
	if err := s.propose(ctx, id, op, board.Actor{Person: p.ID}); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// exportBoard answers with what the person may take along.
func (s *Server) exportBoard(c echo.Context) error {
	p, id, err := s.onBoard(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	var file []byte
	err = s.mayLook(ctx, id, p.ID, board.Viewer, func(b *board.Board) error {
		file = b.Export(p.ID)
		return nil
	})
	if err != nil {
		return err
	}
	s.audit(ctx, directory.Act{Person: p.ID, Board: id, Name: "export"})
	c.Response().Header().Set(echo.HeaderContentDisposition,
		mime.FormatMediaType("attachment", map[string]string{"filename": string(id) + ".waymark.json"}))
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, file)
}

// retitle is the op that gives the map another title; nil when it has it.
func retitle(m *board.Record, base board.Seq, title string) board.Op {
	old := m.Str("title")
	if old == title {
		return nil
	}
	delta := board.Delta{{Insert: title}}
	if n := utf8.RuneCountInString(old); n > 0 {
		delta = append(delta, board.Piece{N: -n})
	}
	return &board.EditText{ID: m.ID, Field: "title", Base: base, Delta: delta}
}
