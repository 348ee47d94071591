// Package foreign has only tests: net/http on a virtual network.
package foreign
