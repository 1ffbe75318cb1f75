//go:build !linux

package main

func machineMemory() uint64 { return commonMemory }
