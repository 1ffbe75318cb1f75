//go:build !unix

package main

func ownerOf(string) (uid int, known bool) { return 0, false }
