package collab

// CloseCode ends a WebSocket and tells the browser whether to come back (S6).
type CloseCode int

// The close codes.
const (
	CloseBad        CloseCode = 4400 // a frame that is not in the protocol; stop
	CloseToken      CloseCode = 4401 // the token is refused; get a new one once and come back
	CloseRevoked    CloseCode = 4403 // this person may not be here; stop
	CloseGone       CloseCode = 4404 // no such board; stop
	CloseSlow       CloseCode = 4408 // too slow or silent; come back
	CloseSuperseded CloseCode = 4409 // another session has this client; stop
	CloseProtocol   CloseCode = 4426 // the page is too old; reload
	CloseRate       CloseCode = 4429 // far too much; come back later
	CloseFault      CloseCode = 4500 // a fault of the server; come back
	CloseDraining   CloseCode = 4503 // this server cannot now; come back
)
