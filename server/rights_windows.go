package main

// barrier knows nothing of the rights on this system; the system's own words stay.
func barrier(string, use) string { return "" }

func isReadOnly(error) bool { return false }
