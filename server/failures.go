package main

import (
	"fmt"
	"net/http"

	"waymark/board"
)

// A kind of failure: its HTTP status, and in each language what happened, what was kept, what to do next.
type failureKind struct {
	status int
	en, de [3]string
}

const (
	keptEN = "Nothing was changed."
	keptDE = "Es wurde nichts geändert."

	importKeptEN = "No board was made and nothing was changed."
	importKeptDE = "Es wurde kein Board angelegt und nichts geändert."
)

// What no setting raises.
var (
	importMostEN = fmt.Sprintf(" A board begins with at most %d records or %d MiB in any case.", board.Limits.CreateRecords, board.Limits.CreateBytes>>20)
	importMostDE = fmt.Sprintf(" Ein Board beginnt in jedem Fall mit höchstens %d Einträgen oder %d MiB.", board.Limits.CreateRecords, board.Limits.CreateBytes>>20)
)

var failures = map[string]failureKind{
	"request": {
		http.StatusBadRequest,
		[3]string{"The request cannot be read: %s.", keptEN, "Reload the page. If it happens again, tell your administrator."},
		[3]string{"Die Anfrage ist nicht lesbar: %s.", keptDE, "Lade die Seite neu. Passiert es wieder, sag es deiner Administration."},
	},
	"field": {
		http.StatusBadRequest,
		[3]string{"“%s” is missing, too long or not allowed.", keptEN, "Change this entry and send it again."},
		[3]string{"„%s“ fehlt, ist zu lang oder nicht erlaubt.", keptDE, "Ändere diese Angabe und sende sie noch einmal."},
	},
	"shortPassword": {
		http.StatusBadRequest,
		[3]string{"The password is too short: it needs at least %s characters.", keptEN, "Choose a longer one; a sentence is easy to remember."},
		[3]string{"Das Passwort ist zu kurz: Es braucht mindestens %s Zeichen.", keptDE, "Wähle ein längeres; ein Satz merkt sich leicht."},
	},
	"tooLarge": {
		http.StatusRequestEntityTooLarge,
		[3]string{"This is larger than the %s KiB that are allowed.", keptEN, "Shorten what you entered."},
		[3]string{"Das ist größer als die erlaubten %s KiB.", keptDE, "Kürze, was du eingegeben hast."},
	},
	"header": {
		http.StatusForbidden,
		[3]string{"The request does not come from a page of this server.", keptEN, "Reload the page."},
		[3]string{"Die Anfrage kommt nicht von einer Seite dieses Servers.", keptDE, "Lade die Seite neu."},
	},
	"origin": {
		http.StatusForbidden,
		[3]string{"The page was opened under another address than this server has.", keptEN, "Open %s instead."},
		[3]string{"Die Seite wurde unter einer anderen Adresse geöffnet, als dieser Server hat.", keptDE, "Öffne stattdessen %s."},
	},
	"token": {
		http.StatusUnauthorized,
		[3]string{"Your sign-in has run out.", "What you edited is kept on this device.", "The page renews it by itself; if not, reload the page."},
		[3]string{"Deine Anmeldung ist abgelaufen.", "Was du bearbeitet hast, bleibt auf diesem Gerät.", "Die Seite erneuert sie von selbst; wenn nicht, lade sie neu."},
	},
	"signedOut": {
		http.StatusUnauthorized,
		[3]string{"You are not signed in on this device.", "What you edited is kept on this device.", "Sign in, or open your invite link again."},
		[3]string{"Du bist auf diesem Gerät nicht angemeldet.", "Was du bearbeitet hast, bleibt auf diesem Gerät.", "Melde dich an oder öffne deinen Einladungslink noch einmal."},
	},
	"guestBoards": {
		http.StatusForbidden,
		[3]string{"A guest has at most %s boards of their own.", "No board was made; all that you have are kept.", "Ask your administrator for an account: it keeps your boards and can make more."},
		[3]string{"Als Gast hast du höchstens %s eigene Boards.", "Es wurde kein Board angelegt; alle, die du hast, bleiben.", "Bitte deine Administration um ein Konto: Es behält deine Boards und kann weitere anlegen."},
	},
	"disabled": {
		http.StatusForbidden,
		[3]string{"This account is switched off.", "Everything it made is kept.", "Ask your administrator."},
		[3]string{"Dieses Konto ist abgeschaltet.", "Alles, was damit gemacht wurde, bleibt erhalten.", "Frag deine Administration."},
	},
	"role": {
		http.StatusForbidden,
		[3]string{"Your role does not allow this.", keptEN, "Ask a facilitator of the board."},
		[3]string{"Deine Rolle erlaubt das nicht.", keptDE, "Frag jemanden, der das Board moderiert."},
	},
	"admin": {
		http.StatusForbidden,
		[3]string{"Only an administrator may do this.", keptEN, "Ask your administrator."},
		[3]string{"Das darf nur die Administration.", keptDE, "Frag deine Administration."},
	},
	"registration": {
		http.StatusForbidden,
		[3]string{"On this server guests cannot make an account for themselves.", "You stay a guest, with everything you made.", "Ask your administrator for an account."},
		[3]string{"Auf diesem Server können Gäste sich kein Konto anlegen.", "Du bleibst Gast, mit allem, was du gemacht hast.", "Bitte deine Administration um ein Konto."},
	},
	"noPage": {
		http.StatusNotFound,
		[3]string{"There is nothing at this address.", keptEN, "Check the link, or go to the list of boards."},
		[3]string{"Unter dieser Adresse gibt es nichts.", keptDE, "Prüfe den Link oder geh zur Liste der Boards."},
	},
	"notFound": {
		http.StatusNotFound,
		[3]string{"This does not exist, or you have no access to it.", keptEN, "Check the link, or ask who sent it."},
		[3]string{"Das gibt es nicht, oder du hast keinen Zugang.", keptDE, "Prüfe den Link oder frag, wer ihn geschickt hat."},
	},
	"method": {
		http.StatusMethodNotAllowed,
		[3]string{"This address does not take this kind of request.", keptEN, "Reload the page."},
		[3]string{"Diese Adresse nimmt diese Art von Anfrage nicht an.", keptDE, "Lade die Seite neu."},
	},
	"link": {
		http.StatusNotFound,
		[3]string{"This link is not good, or not any more.", keptEN, "Ask for a new link."},
		[3]string{"Dieser Link gilt nicht oder nicht mehr.", keptDE, "Bitte um einen neuen Link."},
	},
	"used": {
		http.StatusGone,
		[3]string{"This link has already been used.", "What was made with it is kept.", "Sign in, or ask for a new link."},
		[3]string{"Dieser Link wurde schon benutzt.", "Was damit gemacht wurde, bleibt erhalten.", "Melde dich an oder bitte um einen neuen Link."},
	},
	"expired": {
		http.StatusGone,
		[3]string{"This link has run out.", keptEN, "Ask for a new link."},
		[3]string{"Dieser Link ist abgelaufen.", keptDE, "Bitte um einen neuen Link."},
	},
	"full": {
		http.StatusGone,
		[3]string{"This link has let in as many people as it may.", keptEN, "Ask for a new link."},
		[3]string{"Dieser Link hat so viele Leute hereingelassen, wie er darf.", keptDE, "Bitte um einen neuen Link."},
	},
	"closed": {
		http.StatusGone,
		[3]string{"This invite has been closed.", "Whoever has joined with it stays on the board.", "Ask for a new link."},
		[3]string{"Diese Einladung wurde geschlossen.", "Wer damit beigetreten ist, bleibt auf dem Board.", "Bitte um einen neuen Link."},
	},
	"passcode": {
		http.StatusForbidden,
		[3]string{"The passcode is not right.", keptEN, "Ask who invited you, and try again."},
		[3]string{"Das Kennwort stimmt nicht.", keptDE, "Frag, wer dich eingeladen hat, und versuch es noch einmal."},
	},
	"password": {
		http.StatusForbidden,
		[3]string{"Login and password do not fit together.", keptEN, "Try again, or ask your administrator for a login link."},
		[3]string{"Anmeldename und Passwort passen nicht zusammen.", keptDE, "Versuch es noch einmal oder bitte deine Administration um einen Anmeldelink."},
	},
	"taken": {
		http.StatusConflict,
		[3]string{"Somebody else has this login.", keptEN, "Choose another one."},
		[3]string{"Diesen Anmeldenamen hat schon jemand.", keptDE, "Wähle einen anderen."},
	},
	"exists": {
		http.StatusConflict,
		[3]string{"There is a board with this id already.", "The board that exists stays as it is.", "Make the board again with a new id."},
		[3]string{"Ein Board mit dieser Kennung gibt es schon.", "Das vorhandene Board bleibt, wie es ist.", "Lege das Board mit einer neuen Kennung an."},
	},
	"trashed": {
		http.StatusConflict,
		[3]string{"This board is in the trash.", "Everything on it is kept for 30 days.", "Restore it first."},
		[3]string{"Dieses Board liegt im Papierkorb.", "Alles darauf bleibt 30 Tage erhalten.", "Hol es zuerst zurück."},
	},
	"lastFacilitator": {
		http.StatusConflict,
		[3]string{"A board needs at least one facilitator.", keptEN, "Make somebody else a facilitator first."},
		[3]string{"Ein Board braucht mindestens eine Moderation.", keptDE, "Mach zuerst jemand anderen zur Moderation."},
	},
	"refused": {
		http.StatusUnprocessableEntity,
		[3]string{"The board did not accept this (%s).", keptEN, "Reload the board and try again."},
		[3]string{"Das Board hat das nicht angenommen (%s).", keptDE, "Lade das Board neu und versuch es noch einmal."},
	},
	"import": {
		http.StatusUnprocessableEntity,
		[3]string{"This file is not a board that can be imported: %s.", importKeptEN, "Export the board again, or choose another file."},
		[3]string{"Diese Datei ist kein Board, das sich importieren lässt: %s.", importKeptDE, "Exportiere das Board noch einmal oder wähle eine andere Datei."},
	},
	"importSize": {
		http.StatusRequestEntityTooLarge,
		[3]string{"This file is too large to import: %s.", importKeptEN, "Choose a smaller one. Whoever runs the server can allow more with -import-bytes." + importMostEN},
		[3]string{"Diese Datei ist zu groß für den Import: %s.", importKeptDE, "Wähle eine kleinere. Wer den Server betreibt, kann mit -import-bytes mehr zulassen." + importMostDE},
	},
	"wait": {
		http.StatusTooManyRequests,
		[3]string{"Too many wrong tries from your network.", keptEN, "Wait a little, then try again."},
		[3]string{"Zu viele falsche Versuche aus deinem Netz.", keptDE, "Warte etwas und versuch es dann noch einmal."},
	},
	"sockets": {
		http.StatusTooManyRequests,
		[3]string{"Too many connections from your network have not yet said who they are.", "What you edited is kept on this device.", "The page tries again by itself."},
		[3]string{"Zu viele Verbindungen aus deinem Netz haben noch nicht gesagt, wer sie sind.", "Was du bearbeitet hast, bleibt auf diesem Gerät.", "Die Seite versucht es von selbst noch einmal."},
	},
	"busy": {
		http.StatusServiceUnavailable,
		[3]string{"The server has too much to do right now.", keptEN, "Try again in a few seconds."},
		[3]string{"Der Server hat gerade zu viel zu tun.", keptDE, "Versuch es in ein paar Sekunden noch einmal."},
	},
	"draining": {
		http.StatusServiceUnavailable,
		[3]string{"The server is being restarted.", "What you edited is kept on this device.", "The page comes back by itself."},
		[3]string{"Der Server wird neu gestartet.", "Was du bearbeitet hast, bleibt auf diesem Gerät.", "Die Seite kommt von selbst zurück."},
	},
	"unavailable": {
		http.StatusServiceUnavailable,
		[3]string{"The server cannot reach its data right now.", "What you edited is kept on this device.", "Try again in a few seconds."},
		[3]string{"Der Server erreicht gerade seine Daten nicht.", "Was du bearbeitet hast, bleibt auf diesem Gerät.", "Versuch es in ein paar Sekunden noch einmal."},
	},
	"diskFull": {
		http.StatusServiceUnavailable,
		[3]string{"The server's disk is full.", "What was saved before is kept, and what you edited is kept on this device.", "Tell your administrator. The page saves by itself once there is room."},
		[3]string{"Die Festplatte des Servers ist voll.", "Was vorher gespeichert war, bleibt erhalten, und was du bearbeitet hast, bleibt auf diesem Gerät.", "Sag es deiner Administration. Die Seite speichert von selbst, sobald Platz ist."},
	},
	"readOnly": {
		http.StatusServiceUnavailable,
		[3]string{"The server may not write its data right now.", "What was saved before is kept, and what you edited is kept on this device.", "Tell your administrator: waymark doctor says why. The page saves by itself once it may be written."},
		[3]string{"Der Server darf seine Daten gerade nicht schreiben.", "Was vorher gespeichert war, bleibt erhalten, und was du bearbeitet hast, bleibt auf diesem Gerät.", "Sag es deiner Administration: waymark doctor nennt den Grund. Die Seite speichert von selbst, sobald das wieder geht."},
	},
	"fault": {
		http.StatusInternalServerError,
		[3]string{"Something went wrong on the server.", "Everything that was saved before is kept.", "Try again. If it happens again, tell your administrator the request number."},
		[3]string{"Auf dem Server ist etwas schiefgegangen.", "Alles, was vorher gespeichert war, bleibt erhalten.", "Versuch es noch einmal. Passiert es wieder, nenne deiner Administration die Nummer der Anfrage."},
	},
}
