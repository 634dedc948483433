// Package bootstrap tells where the broker is.
package bootstrap

import "os"

// Address is the first argument, or KAFSCALE_BOOTSTRAP, or localhost:9092.
func Address() string {
	if len(os.Args) > 1 {
		return os.Args[1]
	}
	if address := os.Getenv("KAFSCALE_BOOTSTRAP"); address != "" {
		return address
	}
	return "localhost:9092"
}
