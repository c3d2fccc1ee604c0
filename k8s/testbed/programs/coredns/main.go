// Command coredns is CoreDNS with the three plugins that the testbed's Corefile names; with all of its
// plugins it takes the libraries of four clouds and twice the time to build.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
)

func main() {
	// The order in which a query passes the plugins.
	dnsserver.Directives = []string{"bind", "errors", "kubernetes"}
	coremain.Run()
}
