// plays: codec

package p // want doc
