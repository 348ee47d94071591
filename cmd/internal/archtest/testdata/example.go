// plays: codec

package p // want example
