package doctor

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// recipe are the lines by which a proxy passes this installation on, whole: with path, upgrade and addresses.
func recipe(public *url.URL, upstream string) string {
	host, path := public.Host, public.Path
	var b strings.Builder
	fmt.Fprintf(&b, "Caddy:  %s {\n", host)
	if path == "" {
		fmt.Fprintf(&b, "            reverse_proxy %s\n", upstream)
	} else {
		fmt.Fprintf(&b, "            redir %[1]s %[1]s/\n            reverse_proxy %[1]s/* %[2]s\n", path, upstream)
	}
	fmt.Fprintf(&b, "        }\n")
	fmt.Fprintf(&b, "nginx:  location %s/ {\n", path)
	for _, line := range []string{
		"proxy_pass http://" + upstream + ";",
		"proxy_http_version 1.1;",
		"proxy_set_header Upgrade $http_upgrade;",
		`proxy_set_header Connection "upgrade";`,
		"proxy_set_header Host $host;",
		"proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
		"proxy_read_timeout 120s;",
	} {
		fmt.Fprintf(&b, "            %s\n", line)
	}
	b.WriteString("        }")
	return b.String()
}

// leaveOrigin is how a proxy is kept from changing the header Origin.
const leaveOrigin = "have the proxy leave the header Origin as it is: take out what sets it\n" +
	"Caddy:  header_up Origin ...\n" +
	"nginx:  proxy_set_header Origin ...;\n" +
	"Apache: RequestHeader set Origin ..."

// Upstream is where a program on this computer, such as a proxy, finds a server that listens there.
func Upstream(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
