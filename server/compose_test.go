package main

import (
	"cmp"
	"io"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// A composition is what the tests read of compose.yaml.
type composition struct {
	Services map[string]composed
	Networks map[string]struct {
		IPAM struct{ Config []struct{ Subnet string } }
	}
	Volumes map[string]any
}

// A composed is one service.
type composed struct {
	Build       string
	Image       string
	Command     []string
	Environment map[string]string
	DependsOn   any `yaml:"depends_on"`
	Ports       []string
	Volumes     []string
	ReadOnly    bool   `yaml:"read_only"`
	Grace       string `yaml:"stop_grace_period"`
	HealthCheck struct{ Test []string }
}

var placeholder = regexp.MustCompile(`\$\{(\w+)(?::-([^}]*))?\}`)

// readComposition reads compose.yaml as somebody starts it who has set these variables.
func readComposition(t *testing.T, set map[string]string) composition {
	t.Helper()
	text, err := os.ReadFile("../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c composition
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	for _, service := range c.Services { // as Docker does it: in what was read
		for name, value := range service.Environment {
			service.Environment[name] = placeholder.ReplaceAllStringFunc(value, func(found string) string {
				part := placeholder.FindStringSubmatch(found)
				return cmp.Or(set[part[1]], part[2])
			})
		}
	}
	return c
}

func (c composed) environ() []string {
	var list []string
	for name, value := range c.Environment {
		list = append(list, name+"="+value)
	}
	return list
}

// config is what the program makes of a service.
func (c composed) config(t *testing.T) *Config {
	t.Helper()
	config, words, err := ReadConfig("serve", c.Command, c.environ(), io.Discard)
	if err != nil || len(words) > 0 {
		t.Fatalf("words %q, error %v", words, err)
	}
	return config
}

// TestCompose_what_it_names_is_there holds compose.yaml against the program and against itself.
func TestCompose_what_it_names_is_there(t *testing.T) {
	for name, set := range map[string]map[string]string{
		"as_it_is":                     nil,
		"with_a_site_and_any_password": {"SITE": "maps.example.org", "POSTGRES_PASSWORD": `a/b#c@d?e%f:g"h i`},
	} {
		t.Run(name, func(t *testing.T) { holdComposition(t, readComposition(t, set)) })
	}
}

func holdComposition(t *testing.T, c composition) {
	subnet := netip.MustParsePrefix(c.Networks["default"].IPAM.Config[0].Subnet)
	postgres, redis, caddy := c.Services["postgres"], c.Services["redis"], c.Services["caddy"]
	var upstream, names []string
	for name, service := range c.Services {
		if service.Build == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if unknown := unknownVariables(service.environ()); len(unknown) > 0 {
				t.Errorf("nobody reads %q", unknown)
			}
			config := service.config(t)
			upstream = append(upstream, name+config.Listen)
			names = append(names, config.Name)
			if config.Name != name {
				t.Errorf("is called %q", config.Name)
			}
			if !slices.Contains(config.Proxies, subnet) {
				t.Errorf("trusts %v, the network is %s", config.Proxies, subnet)
			}
			if want := "https://" + caddy.Environment["SITE"] + "/waymark"; config.PublicURL.String() != want {
				t.Errorf("public URL %s, the proxy serves %s", config.PublicURL, want)
			}
			database, err := url.Parse(config.Database)
			if err != nil {
				t.Fatal(err)
			}
			password := service.Environment["PGPASSWORD"]
			if database.Host != "postgres:5432" || database.User.Username() != postgres.Environment["POSTGRES_USER"] ||
				password != postgres.Environment["POSTGRES_PASSWORD"] || database.Path != "/"+postgres.Environment["POSTGRES_DB"] {
				t.Errorf("database %s is not the one of service postgres: %v", config.Database, postgres.Environment)
			}
			if config.Redis != "redis://redis:6379" || redis.Command[0] != "redis-server" {
				t.Errorf("Redis %s is not service redis", config.Redis)
			}
			if grace, err := time.ParseDuration(service.Grace); err != nil || grace <= config.Limits.DrainTimeout {
				t.Errorf("is given %s to stop, and takes up to %v", service.Grace, config.Limits.DrainTimeout)
			}
			if !service.ReadOnly || !slices.Equal(service.Volumes, []string{"copies:/data"}) {
				t.Errorf("can write elsewhere than to the copies, or not to them: read only %v, volumes %v", service.ReadOnly, service.Volumes)
			}
			checkHealth(t, service.HealthCheck.Test)
			if after := service.after(t); after["postgres"] != "service_healthy" || after["redis"] != "service_healthy" {
				t.Errorf("starts after %v", after)
			}
		})
	}
	if len(names) < 2 {
		t.Errorf("servers are %v", names)
	}
	slices.Sort(upstream)
	if got := caddy.Environment["UPSTREAM"]; got != strings.Join(upstream, " ") {
		t.Errorf("the proxy passes on to %q, the servers are %q", got, upstream)
	}
	health := []string{"CMD", "pg_isready", "--username", postgres.Environment["POSTGRES_USER"], "--dbname", postgres.Environment["POSTGRES_DB"]}
	if !slices.Equal(postgres.HealthCheck.Test, health) {
		t.Errorf("Postgres is asked %q, want %q", postgres.HealthCheck.Test, health)
	}
	// The least that README says will do.
	for image, least := range map[string]int{postgres.Image: 14, redis.Image: 6} {
		if _, tag, _ := strings.Cut(image, ":"); tag == "" {
			t.Errorf("%s is any release", image)
		} else if major, err := strconv.Atoi(tag); err != nil || major < least {
			t.Errorf("%s, want release %d or newer", image, least)
		}
	}
	if !slices.Contains(caddy.Volumes, "./Caddyfile:/etc/caddy/Caddyfile:ro") || !slices.Contains(caddy.Ports, "443:443") {
		t.Errorf("the proxy has volumes %v and ports %v", caddy.Volumes, caddy.Ports)
	}
	for name, service := range c.Services {
		for _, v := range service.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if _, ok := c.Volumes[from]; !ok && !strings.HasPrefix(from, "./") {
				t.Errorf("%s: nobody declares volume %s", name, from)
			}
		}
		for other := range service.after(t) {
			if _, ok := c.Services[other]; !ok {
				t.Errorf("%s: starts after %s, which is no service", name, other)
			}
		}
		if name != "caddy" && len(service.Ports) > 0 {
			t.Errorf("%s is open to the outside: %v", name, service.Ports)
		}
	}
}

// after are the services that it starts after, and when.
func (c composed) after(t *testing.T) map[string]string {
	t.Helper()
	after := map[string]string{}
	switch d := c.DependsOn.(type) {
	case nil:
	case []any:
		for _, name := range d {
			after[name.(string)] = "service_started"
		}
	case map[string]any:
		for name, how := range d {
			after[name], _ = how.(map[string]any)["condition"].(string)
		}
	default:
		t.Errorf("depends on %v", d)
	}
	return after
}

// TestCompose_its_words_name_its_services looks for services in what the file says to people.
func TestCompose_its_words_name_its_services(t *testing.T) {
	text, err := os.ReadFile("../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := readComposition(t, nil)
	found := regexp.MustCompile(`waymark-\w+`).FindAllString(string(text), -1)
	if len(found) < 6 {
		t.Errorf("it names %q", found)
	}
	for _, name := range found {
		if _, ok := c.Services[name]; !ok {
			t.Errorf("%s is no service", name)
		}
	}
}

func checkHealth(t *testing.T, words []string) {
	t.Helper()
	if len(words) != 3 || words[0] != "CMD" || words[1] != "/waymark" || commands[words[2]] == nil {
		t.Errorf("health check %q", words)
	}
}

// TestDockerfile_runs_this_program holds the Dockerfile against the program.
func TestDockerfile_runs_this_program(t *testing.T) {
	text, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	file := string(text)
	for _, line := range []string{
		"CGO_ENABLED=0 go build", "-o /waymark ./server", "FROM scratch", "USER 65532:65532", "EXPOSE 8080", `ENTRYPOINT ["/waymark"]`,
	} {
		if !strings.Contains(file, line) {
			t.Errorf("has no %q", line)
		}
	}
	for _, m := range regexp.MustCompile(`ENV (\w+)=(\S+)`).FindAllStringSubmatch(file, -1) {
		if unknown := unknownVariables([]string{m[1] + "=" + m[2]}); len(unknown) > 0 {
			t.Errorf("nobody reads %q", unknown)
		}
		if m[1] == "WAYMARK_LISTEN" && m[2] != ":8080" {
			t.Errorf("listens on %s, exposes 8080", m[2])
		}
	}
	health := regexp.MustCompile(`CMD \["/waymark", "(\w+)"\]`).FindStringSubmatch(file)
	if health == nil || commands[health[1]] == nil {
		t.Errorf("health check %q", health)
	}
	version, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	goes := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(version)
	if !strings.Contains(file, "FROM golang:"+string(goes[1])+" ") {
		t.Errorf("is not built with Go %s", goes[1])
	}
}

func TestReady_says_whether_the_server_is(t *testing.T) {
	p := start(t, "-public-url", "http://127.0.0.1/way")
	at := listenAddress(t, p)
	if code, out, said := command(t, "ready", "-listen", at, "-public-url", "http://127.0.0.1/way"); code != 0 || out != "ready\n" {
		t.Errorf("ended with %d: %s%s", code, out, said)
	}
	p.end()
	if code, _, said := command(t, "ready", "-listen", at); code != 1 || !strings.Contains(said, "no server answers on "+at) {
		t.Errorf("of a server that is gone: %d: %s", code, said)
	}
	if code, _, said := command(t, "ready", "now"); code != 1 || !strings.Contains(said, `"now" is one word too many`) {
		t.Errorf("with a word: %d: %s", code, said)
	}
}
